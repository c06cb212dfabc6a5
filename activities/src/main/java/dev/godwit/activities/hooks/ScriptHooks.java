package dev.godwit.activities.hooks;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.hooks.Hooks;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs the operator's scripts by {@code sh}, each as a supervised job. The text goes as a file, never in an argv. */
public final class ScriptHooks implements Hooks {
    /** Keeps what the hook says, and shows the end of it as the job's errors if it fails. */
    private static final String RUN = """
            sh ./hook >output 2>&1
            code=$?
            tail -c 4000 output
            [ "$code" -eq 0 ] || tail -c 4000 output >&2
            exit "$code"
            """;

    /**
     * $1 the folder of the hook's job, $2 of its undo. The second is made before the first is removed, so that an undo
     * that is called again knows that there was something to take back.
     */
    private static final String HAS_NEVER_RUN = """
            [ -d "$1" ] || [ -d "$2" ] || { echo never; exit 0; }
            umask 077
            mkdir -p -- "$2"
            """;

    private final Servers servers;
    private final Jobs jobs;

    public ScriptHooks(Servers servers, Jobs jobs) {
        this.servers = servers;
        this.jobs = jobs;
    }

    @Override
    public Outcome runHook(Act<RunHook> request) {
        RunHook step = request.step();
        Server server = server(request.migration(), step);
        return Outcome.of(run(server, key(request.migration(), request.stepId()), step, step.run()));
    }

    @Override
    public Outcome undoHook(Undo<RunHook> request) {
        RunHook step = request.step();
        MigrationContext migration = request.migration();
        Server server = server(migration, step);
        JobKey forward = key(migration, request.stepId());
        JobKey back = key(migration, request.stepId() + ".undo");
        String undo = step.undoScript();
        if (undo == null) {
            jobs.remove(server, forward);
            return Outcome.of("the hook has no undo");
        }
        if (!server.output(Script.of(HAS_NEVER_RUN, StateFolder.of(forward), StateFolder.of(back)))
                .isEmpty()) {
            return Outcome.of("the hook never ran, so there is nothing to take back");
        }
        jobs.remove(server, forward);
        return Outcome.of(run(server, back, step, undo));
    }

    private String run(Server server, JobKey key, RunHook step, String text) {
        Job job = new Job(RUN, List.of(), Map.of("hook", text.getBytes(StandardCharsets.UTF_8)), step.timeout());
        try {
            String output = jobs.run(server, key, job, line -> Heartbeat.of("running the hook"));
            String last = output.strip().lines().reduce("", (first, second) -> second);
            return "the hook succeeded on the " + step.on().word() + (last.isEmpty() ? "" : ": " + last);
        } catch (ApplicationFailure failure) {
            throw isHooksOwn(failure)
                    ? FailureType.HOOK_FAILED.because(failure.getOriginalMessage(), failure)
                    : failure;
        }
    }

    /** Whether the script is to blame, rather than the way to it. */
    private static boolean isHooksOwn(ApplicationFailure failure) {
        return failure.getType().equals(FailureType.COMMAND_FAILED.name())
                || failure.getType().equals(FailureType.TOOL_MISSING.name());
    }

    private Server server(MigrationContext migration, RunHook step) {
        return servers.open(migration.host(step.on()));
    }

    private static JobKey key(MigrationContext migration, String stepId) {
        return new JobKey(migration.id(), stepId);
    }
}
