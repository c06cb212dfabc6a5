package dev.godwit.app.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The program built from its sources, which Go holds to the sums of its checksum database. */
record GoInstall() implements ProgramSource {
    private static final Path USUAL = Path.of("/usr/local/go/bin/go");
    private static final Duration TIMEOUT = Duration.ofMinutes(20);

    @Override
    public String words() {
        return "building the older " + version() + " with Go; two to six minutes on two cores";
    }

    @Override
    public String version() {
        return TemporalRelease.GO_VERSION;
    }

    @Override
    public Path obtain(Path folder) throws IOException {
        Path go = Programs.find("go")
                .or(() -> Optional.of(USUAL).filter(Files::isExecutable))
                .orElseThrow(() -> new IOException("Go is not installed"));
        Programs.run(
                List.of(
                        go.toString(),
                        "install",
                        "-ldflags=-s -w",
                        "github.com/temporalio/cli/cmd/temporal@v" + version()),
                Map.of("GOBIN", folder.toString(), "CGO_ENABLED", "0"),
                TIMEOUT);
        return folder.resolve(PROGRAM);
    }
}
