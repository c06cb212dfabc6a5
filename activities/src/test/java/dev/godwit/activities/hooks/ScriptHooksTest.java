package dev.godwit.activities.hooks;

import static dev.godwit.activities.host.ActivityStubs.assertThatActivityThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.hooks.Hooks;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Undo;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("lab")
@ResourceLock(LabServers.RESOURCE)
class ScriptHooksTest {
    private static LabServers lab;
    private final ActivityStubs stubs = new ActivityStubs();
    private MigrationContext migration;
    private Hooks hooks;
    private Server server;

    @BeforeAll
    static void find() {
        lab = LabServers.find();
    }

    @AfterAll
    static void leave() {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void open() {
        migration = lab.migration("hooks-test");
        hooks = stubs.stub(Hooks.class, new ScriptHooks(lab.servers(), new SystemdJobs()));
        server = lab.open("old");
        clean();
    }

    @AfterEach
    void close() {
        if (server != null) {
            clean();
        }
        stubs.close();
    }

    private void clean() {
        server.run(Script.of("systemctl reset-failed 'godwit-hooks-test*'; rm -rf /var/lib/godwit/hooks-test"
                + " /root/hooks-test; rmdir /var/lib/godwit"));
    }

    private static RunHook hook(String run) {
        return new RunHook(
                Side.SOURCE, run, "echo undone >>/root/hooks-test", Duration.ofSeconds(30), Hook.Effect.NONE);
    }

    private Act<RunHook> act(RunHook step) {
        return new Act<>(migration, "run-hook.1", step, BeforeImage.NOTHING);
    }

    private Undo<RunHook> undo(RunHook step) {
        return new Undo<>(migration, "run-hook.1", step, BeforeImage.NOTHING);
    }

    private String trace() {
        return server.run(Script.of("cat /root/hooks-test")).out();
    }

    @Test
    void shouldRunAndTakeBackOnceEach() {
        RunHook step = hook("echo \"it's $0\"\necho done >>/root/hooks-test\necho last\n");
        for (int time = 0; time < 2; time++) {
            assertThat(hooks.runHook(act(step)).summary()).endsWith("last");
        }
        assertThat(trace()).isEqualTo("done\n");
        for (int time = 0; time < 2; time++) {
            hooks.undoHook(undo(step));
        }
        assertThat(trace()).isEqualTo("done\nundone\n");
    }

    @Test
    void shouldShowTheEndOfAHookThatFails() {
        assertThatActivityThrownBy(() -> hooks.runHook(act(hook("seq 5000; echo no such thing; exit 7"))))
                .hasMessageContaining("HOOK_FAILED")
                .hasMessageContaining("exit status 7")
                .hasMessageContaining("no such thing");
        hooks.undoHook(undo(hook("unused")));
        assertThat(trace()).isEqualTo("undone\n");
    }

    @Test
    void shouldNotTakeBackWhatNeverRan() {
        assertThat(hooks.undoHook(undo(hook("true"))).summary()).contains("never ran");
        assertThat(trace()).isEmpty();
        assertThat(server.run(Script.of("ls -d /var/lib/godwit/hooks-test")).ok())
                .isFalse();
    }

    @Test
    void shouldDoNothingWithoutAnUndo() {
        RunHook step = new RunHook(Side.SOURCE, "true", null, Duration.ofSeconds(30), Hook.Effect.NONE);
        hooks.runHook(act(step));
        assertThat(hooks.undoHook(undo(step)).summary()).contains("no undo");
    }
}
