package dev.godwit.app.engine;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The release of Temporal's program that Godwit is built for. Its archives are named by system and processor; each has a
 * pinned SHA-256, and another one is not accepted. A new version needs new sums.
 */
final class TemporalRelease {
    static final String VERSION = "1.5.1";

    /** The oldest server in the program that is accepted when somebody else installed it. */
    static final String OLDEST_SERVER = "1.29.0";

    /** What {@code go install} builds. */
    static final String GO_PACKAGE = "github.com/temporalio/cli/cmd/temporal@v" + VERSION;

    private static final Map<String, String> SHA256 = Map.of(
            "linux_amd64", "ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d",
            "linux_arm64", "bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5",
            "darwin_amd64", "bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9",
            "darwin_arm64", "cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415");

    private TemporalRelease() {}

    /** An archive and the sum that it must have, in hexadecimal. */
    record Archive(String url, String sha256) {}

    /** The archive for this machine, if there is one. */
    static Optional<Archive> forThisMachine() {
        return archive(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Optional<Archive> archive(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : osName.toLowerCase(Locale.ROOT);
        String processor = switch (osArch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        String machine = system + "_" + processor;
        return Optional.ofNullable(SHA256.get(machine))
                .map(sum -> new Archive(
                        "https://github.com/temporalio/cli/releases/download/v" + VERSION + "/temporal_cli_" + VERSION
                                + "_" + machine + ".tar.gz",
                        sum));
    }
}
