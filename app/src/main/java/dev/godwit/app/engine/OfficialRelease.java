package dev.godwit.app.engine;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The archive that Temporal publishes for a machine. */
record OfficialRelease(URI archive, TemporalRelease.Program program) implements ProgramSource {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration UNPACK_TIMEOUT = Duration.ofMinutes(1);

    @Override
    public String words() {
        return "downloading the official release " + version() + ", 45 MB, from " + archive;
    }

    @Override
    public String version() {
        return TemporalRelease.VERSION;
    }

    @Override
    public Path obtain(Path folder) throws IOException {
        Path file = folder.resolve("archive.tar.gz");
        Download.fetch(archive, file, SILENCE, DOWNLOAD_TIMEOUT);
        Programs.run(
                List.of("tar", "-xzf", file.toString(), "-C", folder.toString(), PROGRAM), Map.of(), UNPACK_TIMEOUT);
        Path found = folder.resolve(PROGRAM);
        program.require(found);
        return found;
    }
}
