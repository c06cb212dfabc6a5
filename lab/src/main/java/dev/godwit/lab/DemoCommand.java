package dev.godwit.lab;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.gates.Gate;
import dev.godwit.workflows.plan.PlannedStep;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Moves a live site between two real servers on this machine, and shows it. */
@Command(
        name = "demo",
        description = {
            "Boots two Debian servers, two name servers and a client on this machine, puts a live site on 'old', sends it"
                    + " readers and writers that never stop, and moves it to 'new' through Godwit's REST API. Then it"
                    + " checks what is left on both sides, and what the client met.",
            "It runs as root and removes what it made, unless --keep is given."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every check of the report has passed",
            "1:one has not, or something broke on the way",
            "2:the command line is wrong",
            "3:this machine cannot hold the lab"
        })
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--keep",
            description = "Leave everything running at the end, and say how to look at it and how to take it down.")
    private boolean keep;

    @Option(
            names = "--fail-at",
            paramLabel = "STEP",
            description = "Make this step fail for good, roll back, and show that the source is what it was before.")
    private @Nullable String failAt;

    @Option(
            names = "--rows",
            paramLabel = "SIZE",
            defaultValue = "FULL",
            description =
                    "How much data the site has: SMALL (20 MB) or FULL (more than 1.1 GB). Default: ${DEFAULT-VALUE}.")
    private Rows rows = Rows.FULL;

    @Option(
            names = "--soak",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long the demo lets it soak before it says finish. Default: ${DEFAULT-VALUE}.")
    private Duration soak = Duration.ofSeconds(10);

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (failAt != null) {
            checkStep(failAt);
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new LabException(
                    ExitCode.MACHINE,
                    "Expected to run as root, because whole servers are booted in namespaces, but found the user "
                            + System.getProperty("user.name") + "; run it with sudo");
        }
        return new Demo(Terminal.standard(), rows, soak, failAt, keep).run() ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Which steps can be made to fail is known from the plan, before anything is booted. */
    private static void checkStep(String id) {
        List<PlannedStep> steps = DemoSpec.steps();
        PlannedStep step = steps.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> wrong("Expected a step of the demo's plan, but found '" + id + "'; there are: "
                        + steps.stream().map(PlannedStep::id).collect(Collectors.joining(", "))));
        if (step.step() instanceof Gate && !(step.step() instanceof Gate.Soak)) {
            throw wrong("Expected a step that acts, but '" + id
                    + "' only waits, so that there is nothing in it that could fail; choose another one");
        }
        int pivot = steps.stream().map(PlannedStep::isPivot).toList().indexOf(true);
        if (steps.indexOf(step) > pivot) {
            throw wrong("Expected a step up to the pivot, " + steps.get(pivot).id() + ", but '" + id
                    + "' comes after it: when it fails the target serves already, nobody is harmed, and the migration"
                    + " waits for a person to retry or, where that is safe, to skip. There is nothing that could be put"
                    + " back without a loss of writes, so this demo has nothing to show; choose an earlier one");
        }
    }

    private static LabException wrong(String message) {
        return new LabException(ExitCode.USAGE, message);
    }

    /** Reads times as specs write them. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
