package dev.godwit.workflows.migration;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Patience;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rollback after the pivot would lose. */
final class Losses {
    private final Hands hands;
    private final List<DatabaseSpec> databases;
    private final List<FileTree> files;
    private final boolean hooksCopy;
    private @Nullable Promise<Loss> counting;

    Losses(Hands hands, Spec spec) {
        this.hands = hands;
        this.databases = spec.databases();
        this.files = spec.files();
        this.hooksCopy = spec.hooks().stream().anyMatch(hook -> hook.effect() == Hook.Effect.COPY);
    }

    /** Waits until the loss is counted, or cannot be. */
    Estimate estimate() {
        try {
            Loss loss = count();
            return new Estimate(
                    "about " + loss.rows() + (loss.rows() == 1 ? " row" : " rows")
                            + " written on the target since the pivot (" + loss.summary() + uncounted() + ")",
                    loss);
        } catch (TemporalFailure failure) {
            return new Estimate(
                    "all that was written on the target since the pivot (it could not be counted: "
                            + Failure.of(failure, Patience.ESTIMATE).words() + ")",
                    null);
        }
    }

    /** Files say neither who wrote them nor whether the source would have had them too. */
    private String uncounted() {
        String came = files.isEmpty()
                ? ""
                : "; files that came into "
                        + Words.list(files.stream().map(FileTree::path).toList()) + " since are not counted";
        return hooksCopy ? came + "; what the hooks have copied is not counted" : came;
    }

    /** Counts once at a time, however many ask: it reads everything on both servers. */
    private Loss count() {
        Promise<Loss> running = counting == null ? Async.function(hands::estimateLoss, databases) : counting;
        counting = running;
        try {
            return running.get();
        } finally {
            counting = null;
        }
    }

    /**
     * The answer.
     *
     * @param counted null if it could not be counted
     */
    record Estimate(String words, @Nullable Loss counted) {
        /** The failure for a rollback whose loss nobody has accepted. */
        ApplicationFailure refusal() {
            String message = "Expected the loss of " + words + " to be accepted, but it was not";
            return counted == null
                    ? ApplicationFailure.newNonRetryableFailure(message, MigrationWorkflow.LOSES_WRITES)
                    : ApplicationFailure.newNonRetryableFailure(message, MigrationWorkflow.LOSES_WRITES, counted);
        }
    }
}
