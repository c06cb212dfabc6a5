package dev.godwit.workflows.migration;

import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Effect;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.spec.Side;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The undo of every step that began, newest first. An entry is made before its step acts, so an undo must tolerate that
 * the step never happened.
 *
 * <p>As long as no visitor can have reached the target, one undo that fails does not keep the others from running: all
 * are tried at once, and then, patiently, those that failed. A target that is gone does not keep the source from
 * serving. But while the page is up, what the source needs to serve stops those behind it: the page stays until the
 * service answers again, and so do the copies.
 *
 * <p>Once visitors have reached the target, or may have, an undo that fails stops those behind it: the source must not
 * come to life beside a target that lives. And the copies on the target stay: what visitors wrote is nowhere else.
 */
final class Compensations {
    private record Entry(PlannedStep planned, BeforeImage before) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    /** Whether an undo that the source needs to serve has failed while the page was up. */
    private boolean keptThePage;

    /** Whether visitors may have reached the target, although the pivot was not passed. */
    private boolean targetServed;

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
     * @return the steps whose undo failed, newest first; they stay registered, and so does what waits for them
     */
    List<PlannedStep> undoAll(Hands hands, StatusBoard board) {
        List<PlannedStep> failed = new ArrayList<>();
        Workflow.newDetachedCancellationScope(() -> {
                    if (!undoEach(hands, board, StepOptions.UNDO_AT_ONCE).isEmpty()) {
                        failed.addAll(undoEach(hands, board, StepOptions.UNDO));
                    }
                    if (!failed.isEmpty() && keptThePage && !board.inOutage()) {
                        // Those of the target have waited until the source serves.
                        keptThePage = false;
                        failed.clear();
                        failed.addAll(undoEach(hands, board, StepOptions.UNDO));
                    }
                })
                .run();
        return failed;
    }

    /** Gives up what a person has said to leave as it is. */
    void giveUp(List<PlannedStep> steps) {
        entries.removeIf(entry -> steps.contains(entry.planned()));
    }

    private List<PlannedStep> undoEach(Hands hands, StatusBoard board, StepOptions options) {
        List<Entry> failed = new ArrayList<>();
        Map<Side, Failure> unreachable = new EnumMap<>(Side.class);
        boolean stopped = false;
        while (!entries.isEmpty() && !stopped) {
            Entry entry = entries.pop();
            if (waitsForTheSource(entry, board)) {
                failed.add(entry);
                continue;
            }
            Side side = entry.planned().step().on();
            Failure failure = side == null ? null : unreachable.get(side);
            if (failure == null) {
                failure = undo(entry, hands, board, options);
            } else {
                // Asked once more, it would only hold up those behind it.
                board.undoFailed(entry.planned(), failure);
            }
            if (failure == null) {
                failed.removeIf(newer -> wasPutBackBy(entry, newer, board));
            } else {
                failed.add(entry);
                if (side != null && failure.isUnreachable()) {
                    unreachable.put(side, failure);
                }
                boolean needed = keepsThePage(entry, board);
                keptThePage |= needed;
                stopped = board.pastPivot() || targetServed || needed;
            }
        }
        failed.reversed().forEach(entries::push);
        return failed.stream().map(Entry::planned).toList();
    }

    /** A target that is gone is not asked, patiently, before the source that visitors wait for. */
    private boolean waitsForTheSource(Entry entry, StatusBoard board) {
        return keptThePage
                && board.inOutage()
                && !board.pastPivot()
                && !targetServed
                && entry.planned().step().on() == Side.TARGET
                && entries.stream().anyMatch(Compensations::isNeeded);
    }

    private static boolean isNeeded(Entry entry) {
        return Effect.of(entry.planned().step()).neededToServe();
    }

    private static boolean keepsThePage(Entry entry, StatusBoard board) {
        return board.inOutage() && isNeeded(entry) && Change.PAGE_UNTIL_SERVED.isMade();
    }

    private static boolean wasPutBackBy(Entry older, Entry newer, StatusBoard board) {
        boolean same =
                Effect.putsTheSameBack(older.planned().step(), newer.planned().step());
        if (same) {
            board.undone(
                    newer.planned(),
                    Outcome.of("put back by the undo of " + older.planned().id()));
        }
        return same;
    }

    private @Nullable Failure undo(Entry entry, Hands hands, StatusBoard board, StepOptions options) {
        PlannedStep planned = entry.planned();
        Effect effect = Effect.of(planned.step());
        if (effect.holdsWrites() && (board.pastPivot() || targetServed)) {
            board.kept(planned, "kept on the target: it may hold what visitors have written there");
            return null;
        }
        board.undoing(planned);
        try {
            Outcome outcome = hands.undo(planned, entry.before(), options);
            targetServed = outcome.targetServed() || (targetServed && !isCertain(effect));
            board.undone(planned, outcome);
            board.afterUndo(planned);
            return null;
        } catch (TemporalFailure temporal) {
            // Nobody knows where the old proxy sends visitors now.
            targetServed |= effect == Effect.PIVOT;
            Failure failure = Failure.of(temporal, options);
            board.undoFailed(planned, failure);
            return failure;
        }
    }

    /** Whether nobody is in doubt any more, after an undo that works, where visitors were sent. */
    private static boolean isCertain(Effect effect) {
        return effect == Effect.PIVOT && Change.CERTAIN_AFTER_ALL.isMade();
    }
}
