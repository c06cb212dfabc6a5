package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, without building anything. */
@Timeout(300)
class LauncherTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path LAUNCHER = ROOT.resolve("godwit");

    private record Ended(int status, String text) {}

    private static Ended run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    @Test
    void shouldBeCleanUnderShellcheck() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/shellcheck")), "Skipped: shellcheck is not installed");
        Ended ended = run(
                Map.of(),
                "shellcheck",
                "-x",
                "-P",
                "SCRIPTDIR",
                LAUNCHER.toString(),
                ROOT.resolve(".ci/run").toString(),
                ROOT.resolve(".ci/no-skipped-tests").toString());
        assertThat(ended).isEqualTo(new Ended(0, ""));
    }

    @Test
    void shouldRefuseAnUnknownCommand() throws Exception {
        Ended ended = run(Map.of(), LAUNCHER.toString(), "fly");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.text()).contains("usage:").contains("'fly'");
    }

    @Test
    void shouldTakeTheFirstJdkThatIsNewEnough(@TempDir Path folder) throws Exception {
        Path old = jdk(folder.resolve("old"), "17.0.15");
        Path fit = jdk(folder.resolve("fit"), "26.0.1");
        assertThat(findJdk(old, fit).text()).contains("found=" + fit);
    }

    @Test
    void shouldSayHowToGetAJdkWhereThereIsNone(@TempDir Path folder) throws Exception {
        Path old = jdk(folder.resolve("old"), "17.0.15");
        Ended ended = findJdk(old, old);
        assertThat(ended.status()).isEqualTo(69);
        assertThat(ended.text())
                .contains("Expected a JDK 25 or later")
                .contains("apt-get install -y temurin-25-jdk")
                .contains("https://adoptium.net/");
    }

    @Test
    void shouldKeepServicesFromStartingOnlyWhileItInstalls(@TempDir Path folder) throws Exception {
        assertThat(install(folder).text()).contains("exit 101").contains("remove it");
        assertThat(folder).as("neither the policy nor a log").isEmptyDirectory();
    }

    @Test
    void shouldRemoveThePolicyThatAKilledOneLeft(@TempDir Path folder) throws Exception {
        Path policy = folder.resolve("policy-rc.d");
        Files.writeString(policy, install(folder).text());

        install(folder);

        assertThat(policy).doesNotExist();
    }

    @Test
    void shouldLeaveThePolicyOfOthersAlone(@TempDir Path folder) throws Exception {
        Path policy = Files.writeString(folder.resolve("policy-rc.d"), "exit 101 # ours");

        install(folder);

        assertThat(policy).hasContent("exit 101 # ours");
    }

    /** The launcher without its command, for a shell that does not read it from its own file. */
    private static String functions() throws IOException {
        return Files.readString(LAUNCHER)
                .replaceAll("(?s)\ncommand=.*", "\n")
                .replace("${BASH_SOURCE[0]}", LAUNCHER.toString());
    }

    /** Installs a package with an apt that only shows the policy that is in force. */
    private static Ended install(Path folder) throws IOException, InterruptedException {
        String functions = functions()
                .replace("/usr/sbin/policy-rc.d", folder.resolve("policy-rc.d").toString());
        return run(
                Map.of("TMPDIR", folder.toString()),
                "bash",
                "-c",
                functions + "say() { :; }; apt-get() { [[ $1 != install ]] || cat " + folder.resolve("policy-rc.d")
                        + " >&3; }; install_packages hello 3>&1");
    }

    @Test
    void shouldNameTestsThatWereSkipped(@TempDir Path folder) throws Exception {
        Path reports = Files.createDirectories(folder.resolve("api/target/surefire-reports"));
        Path stamp = Files.createFile(folder.resolve("began"));
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(60)));
        Path report = Files.writeString(reports.resolve("TEST-Some.xml"), """
                <testsuite>
                  <testcase name="shouldRun" classname="Some" time="0.1"/>
                  <testcase name="shouldWait" classname="Some" time="0">
                    <skipped message="Skipped: no lab" type="org.opentest4j.TestAbortedException"/>
                  </testcase>
                </testsuite>
                """);

        Ended skipped = noSkippedTests(folder, stamp);
        Files.writeString(report, Files.readString(report).replaceAll("<skipped.*/>", ""));
        Ended all = noSkippedTests(folder, stamp);
        Files.setLastModifiedTime(report, FileTime.from(Instant.EPOCH));
        Ended nothing = noSkippedTests(folder, stamp);

        assertThat(skipped.status()).isEqualTo(1);
        assertThat(skipped.text()).contains("Some.shouldWait: Skipped: no lab").doesNotContain("shouldRun");
        assertThat(all).isEqualTo(new Ended(0, ""));
        assertThat(nothing.status()).as("reports of another run").isEqualTo(1);
    }

    private static Ended noSkippedTests(Path folder, Path stamp) throws IOException, InterruptedException {
        return run(Map.of(), ROOT.resolve(".ci/no-skipped-tests").toString(), folder.toString(), stamp.toString());
    }

    /** Runs the launcher's search with a JAVA_HOME and with one other folder instead of those of this machine. */
    private static Ended findJdk(Path home, Path other) throws IOException, InterruptedException {
        String search = functions()
                .replace("/usr/lib/jvm/* /opt/*jdk* /opt/java/*", other.toString())
                .replace("$(command -v java || true)", "");
        assertThat(search).contains(other.toString());
        return run(
                Map.of("JAVA_HOME", home.toString(), "HOME", home.toString()),
                "bash",
                "-c",
                search + "find_jdk; echo found=$JAVA_HOME");
    }

    private static Path jdk(Path folder, String version) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        for (String program : List.of("java", "javac")) {
            Files.createFile(
                    folder.resolve("bin").resolve(program),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        return folder;
    }
}
