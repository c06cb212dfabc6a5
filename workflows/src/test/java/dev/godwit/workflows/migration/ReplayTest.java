package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.TaskQueue;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories, one for each way of ending, of migrations on real servers or made by {@link HistoryRecorder}: recorded once
 * and never again: whatever changes,
 * they replay (docs/adr/0005).
 */
class ReplayTest {
    static Stream<Path> histories() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldHaveHistoriesOfEveryWayOfEnding() {
        assertThat(histories().map(file -> file.getFileName().toString().replaceFirst("^[0-9.]+-", "")))
                .contains(
                        "finished.json",
                        "finished-by-a-person.json",
                        "finished-by-a-person-while-it-watches.json",
                        "finished-after-pause-retry-and-skip.json",
                        "blocked-by-the-preflight.json",
                        "world-changed.json",
                        "rolled-back-at-the-gate.json",
                        "rolled-back-while-a-step-acts.json",
                        "rolled-back-in-the-cutover.json",
                        "rolled-back-by-the-budget.json",
                        "rolled-back-from-the-pivot.json",
                        "rolled-back-after-the-pivot.json",
                        "undo-failed-and-skipped.json",
                        "undo-failed-and-put-back-by-an-older-one.json",
                        "undo-stopped-after-the-pivot.json",
                        "undo-stopped-while-the-page-is-up.json",
                        "finished-after-a-late-retry-of-the-soak.json",
                        "cancelled-in-temporal.json",
                        "preflight-could-not-look.json",
                        "rolled-back-during-the-preflight.json",
                        "rolled-back-and-not-cleaned-up.json",
                        "rolled-back-from-the-pivot-certain-after-all.json",
                        "finished-after-a-pause-while-it-looks.json",
                        "finished-although-cancelled-in-temporal.json");
    }

    @ParameterizedTest
    @MethodSource("histories")
    void shouldReplay(Path history) throws Exception {
        replay(history, MigrationWorkflowImpl.class);
    }

    @Test
    void shouldNotReplayAnotherProgram() {
        Path history = histories().findFirst().orElseThrow();

        assertThatThrownBy(() -> replay(history, AnotherProgram.class))
                .hasMessageContaining("NonDeterministicException");
    }

    static void replay(Path history, Class<?> program) throws Exception {
        TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build())
                .build());
        try (environment) {
            var worker = environment.newWorker(TaskQueue.NAME, TestEngine.PATIENT);
            worker.registerWorkflowImplementationTypes(program);
            WorkflowReplayer.replayWorkflowExecution(
                    WorkflowExecutionHistory.fromJson(Files.readString(history)), worker);
        }
    }

    private static Path folder() {
        URL folder = Objects.requireNonNull(ReplayTest.class.getResource("/histories"));
        try {
            return Path.of(folder.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A program of the same name that sleeps where the real one looks. */
    @WorkflowInterface
    public interface Another {
        @WorkflowMethod(name = "Migration")
        void migrate(MigrationRequest request);
    }

    /** See {@link Another}. */
    public static final class AnotherProgram implements Another {
        @Override
        public void migrate(MigrationRequest request) {
            Workflow.sleep(Duration.ofSeconds(1));
        }
    }
}
