package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Step;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The undo of every step that began, newest first. An entry is made before its step acts, so an undo must tolerate that
 * the step never happened. One that fails does not keep the others from running; it is kept, to be tried again.
 */
final class Compensations {
    private record Entry(PlannedStep planned, BeforeImage before) {}

    private final Deque<Entry> entries = new ArrayDeque<>();

    /** Makes the entry of a step, unless the step has nothing to take back or has its entry already. */
    void register(PlannedStep planned, BeforeImage before) {
        boolean known = entries.stream().anyMatch(entry -> entry.planned().id().equals(planned.id()));
        if (planned.step().undo() != null && !known) {
            entries.push(new Entry(planned, before));
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * Takes back every step, whatever happens to the scope that it is called from.
     *
     * @return the steps whose undo failed; they stay registered
     */
    List<PlannedStep> undoAll(Hands hands, StatusBoard board) {
        List<Entry> failed = new ArrayList<>();
        Workflow.newDetachedCancellationScope(() -> {
                    while (!entries.isEmpty()) {
                        Entry entry = entries.pop();
                        if (!undo(entry, hands, board)) {
                            failed.add(entry);
                        }
                    }
                })
                .run();
        failed.reversed().forEach(entries::push);
        return failed.stream().map(Entry::planned).toList();
    }

    /** Gives up what could not be taken back. */
    void giveUp() {
        entries.clear();
    }

    private static boolean undo(Entry entry, Hands hands, StatusBoard board) {
        PlannedStep planned = entry.planned();
        if (board.pastPivot() && holdsWrites(planned.step())) {
            board.kept(planned, "kept on the target: it holds what was written since the pivot");
            return true;
        }
        board.undoing(planned);
        try {
            board.undone(planned, hands.undo(planned, entry.before()));
            Serving.afterUndo(planned.step(), board);
            return true;
        } catch (TemporalFailure failure) {
            board.undoFailed(planned, Failure.of(failure));
            return false;
        }
    }

    /** After the pivot the copies on the target are the only place of the newest writes: they are never removed. */
    private static boolean holdsWrites(Step step) {
        return step instanceof Step.CopyDatabase || step instanceof Step.CopyFiles;
    }
}
