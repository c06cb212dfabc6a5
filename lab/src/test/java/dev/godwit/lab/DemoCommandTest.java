package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.main.Main;
import dev.godwit.workflows.certificates.CertificateStep;
import dev.godwit.workflows.crontabs.CrontabStep;
import dev.godwit.workflows.database.DatabaseStep;
import dev.godwit.workflows.dns.DnsStep;
import dev.godwit.workflows.files.FileStep;
import dev.godwit.workflows.gates.Gate;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.step.Step;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DemoCommandTest {
    private final StringWriter errors = new StringWriter();

    @Test
    void shouldNameEveryStepWhenStepIsUnknown() {
        assertThat(execute("demo", "--fail-at", "copy-everything")).isEqualTo(ExitCode.USAGE);
        List<String> ids = DemoSpec.steps().stream().map(PlannedStep::id).toList();
        assertThat(errors.toString()).contains("'copy-everything'").contains(ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-forwarded", "start-jobs", "point-dns", "soak", "clean-up"})
    void shouldRefuseStepAfterPivot(String step) {
        assertThat(execute("demo", "--fail-at", step)).isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString()).contains("forward-requests").contains("without a loss of writes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait-out-ttl", "await-approval"})
    void shouldRefuseStepThatOnlyWaits(String step) {
        assertThat(execute("demo", "--fail-at", step)).isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString()).contains("only waits");
    }

    @Test
    void shouldRefuseUnreadableTimes() {
        assertThat(execute("demo", "--soak", "soon")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldPlanEveryPartOfTheSite() {
        List<Class<? extends Step>> kinds = DemoSpec.steps().stream()
                .<Class<? extends Step>>map(planned -> planned.step().getClass())
                .toList();
        assertThat(kinds)
                .contains(
                        DnsStep.LowerTtl.class,
                        CertificateStep.CopyCertificates.class,
                        FileStep.CopyFiles.class,
                        DatabaseStep.CopyDatabase.class,
                        Gate.AwaitApproval.class,
                        CrontabStep.RemoveCrontabs.class,
                        SiteStep.ForwardRequests.class,
                        DnsStep.PointDns.class,
                        Gate.Soak.class);
    }

    private int execute(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        PrintWriter writer = new PrintWriter(errors, true);
        commandLine.setErr(writer);
        commandLine.getSubcommands().values().forEach(each -> each.setErr(writer));
        return commandLine.execute(arguments);
    }
}
