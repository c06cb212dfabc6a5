package dev.godwit.app.engine;

import dev.godwit.workflows.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The release of Temporal's program that Godwit is built for. The program of each machine, named by system and
 * processor, has a pinned SHA-256; another one is not accepted, whichever way it came. A new version needs new sums.
 */
final class TemporalRelease {
    static final String VERSION = "1.9.1";

    /** The oldest server in the program that is accepted when somebody else installed it. */
    static final String OLDEST_SERVER = "1.29.0";

    /**
     * What Go can build: its proxy has no later version whose module is complete ({@code cliext}, a part that later
     * versions replace by a folder beside it, was never published there).
     */
    static final String GO_VERSION = "1.5.1";

    private static final Map<String, String> SHA256 = Map.of(
            "linux_amd64", "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0",
            "linux_arm64", "667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d",
            "darwin_amd64", "d5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc",
            "darwin_arm64", "33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b");

    private TemporalRelease() {}

    /** The program of one kind of machine, and the sum that it must have, in hexadecimal. */
    record Program(String machine, String sha256) {
        URI archive() {
            return URI.create("https://github.com/temporalio/cli/releases/download/v" + VERSION + "/temporal_cli_"
                    + VERSION + "_" + machine + ".tar.gz");
        }

        /** @throws IOException if the file is another one */
        void require(Path file) throws IOException {
            MessageDigest digest = Sha256.begin();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(sha256)) {
                throw new IOException(
                        "Expected a program with the SHA-256 " + sha256 + ", but found " + found + "; it is not used");
            }
        }
    }

    /** The program for this machine, if there is one. */
    static Optional<Program> forThisMachine() {
        return forMachine(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Optional<Program> forMachine(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : osName.toLowerCase(Locale.ROOT);
        String processor = switch (osArch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        String machine = system + "_" + processor;
        return Optional.ofNullable(SHA256.get(machine)).map(sum -> new Program(machine, sum));
    }
}
