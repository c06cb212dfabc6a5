package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
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
 *
 * <p>One look says whether the target is gone. Then nothing is asked of it, and one decision is about all that needs it.
 */
final class Compensations {
    private record Entry(PlannedStep planned, Action action, BeforeImage before) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    /** Whether an undo that the source needs to serve has failed while the page was up. */
    private boolean keptThePage;

    /** The servers that are gone, as the latest round of undos has seen, and those that a person has given up. */
    private final Map<Side, Failure> gone = new EnumMap<>(Side.class);

    private final Map<Side, Failure> givenUp = new EnumMap<>(Side.class);
    private final List<PlannedStep> leftAsTheyAre = new ArrayList<>();

    /** Whether visitors may have reached the target, although the pivot was not passed. */
    private boolean targetServed;

    /** Makes the entry of a step, unless the step has nothing to take back or has its entry already. */
    void register(PlannedStep planned, Action action, BeforeImage before) {
        boolean known = entries.stream().anyMatch(entry -> entry.planned().id().equals(planned.id()));
        if (planned.step().undo() != null && !known) {
            entries.push(new Entry(planned, action, before));
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
                    if (!undoEach(hands, board, Patience.UNDO_AT_ONCE).isEmpty()) {
                        failed.addAll(undoEach(hands, board, Patience.UNDO));
                    }
                    if (!failed.isEmpty() && keptThePage && !board.inOutage()) {
                        // Those of the target have waited until the source serves.
                        keptThePage = false;
                        failed.clear();
                        failed.addAll(undoEach(hands, board, Patience.UNDO));
                    }
                })
                .run();
        return failed;
    }

    /** Gives up what a person has said to leave as it is, and with it the server that is gone, if that is why. */
    void giveUp(List<PlannedStep> steps) {
        entries.removeIf(entry -> steps.contains(entry.planned()));
        leftAsTheyAre.addAll(steps);
        givenUp.putAll(gone);
    }

    /** What was given up. */
    List<PlannedStep> leftAsTheyAre() {
        return List.copyOf(leftAsTheyAre);
    }

    private List<PlannedStep> undoEach(Hands hands, StatusBoard board, Patience patience) {
        List<Entry> failed = new ArrayList<>();
        gone.clear();
        gone.putAll(givenUp);
        lookForTarget(hands, board, patience);
        boolean stopped = false;
        while (!entries.isEmpty() && !stopped) {
            Entry entry = entries.pop();
            if (waitsForTheSource(entry, board)) {
                failed.add(entry);
                continue;
            }
            Failure failure = unreachable(entry, patience);
            if (failure == null) {
                failure = undo(entry, hands, board, patience);
            } else {
                // Asked once more, it would only hold up those behind it.
                board.undoFailed(entry.planned(), failure);
            }
            if (failure == null) {
                failed.removeIf(newer -> wasPutBackBy(entry, newer, board));
            } else if (failure.isUnreachable() && givenUp.keySet().stream().anyMatch(entry.action()::needs)) {
                // One half of it has been taken back; the other one is on the server that a person has given up.
                leftAsTheyAre.add(entry.planned());
            } else {
                failed.add(entry);
                remember(entry, failure);
                boolean needed = board.inOutage() && isNeeded(entry);
                keptThePage |= needed;
                stopped = board.pastPivot() || targetServed || needed;
            }
        }
        List<PlannedStep> asked =
                new ArrayList<>(failed.stream().map(Entry::planned).toList());
        if (stopped && !keptThePage) {
            asked.addAll(alsoUnreachable(board));
        }
        failed.reversed().forEach(entries::push);
        return asked;
    }

    /** One look, instead of one long wait for each step that needs the target. */
    private void lookForTarget(Hands hands, StatusBoard board, Patience patience) {
        boolean needed = entries.stream().anyMatch(entry -> entry.action().needs(Side.TARGET));
        // While the page is up what the source needs comes first, also before a long wait for the target.
        if (needed && !gone.containsKey(Side.TARGET) && !(patience == Patience.UNDO && sourceComesFirst(board))) {
            try {
                hands.reach(Side.TARGET, patience);
            } catch (TemporalFailure failure) {
                Failure why = Failure.of(failure, patience);
                if (why.isUnreachable()) {
                    gone.put(Side.TARGET, why);
                }
            }
        }
    }

    /** What else stands behind a stop and cannot be taken back either: one decision is about all of it. */
    private List<PlannedStep> alsoUnreachable(StatusBoard board) {
        List<PlannedStep> also = new ArrayList<>();
        for (Entry entry : entries) {
            Failure failure = unreachable(entry, Patience.UNDO_AT_ONCE);
            if (failure != null && !isKept(entry, board)) {
                board.undoFailed(entry.planned(), failure);
                also.add(entry.planned());
            }
        }
        return also;
    }

    /** Why a step need not be asked; null if it must be. What needs both servers is asked once: one half may work. */
    private @Nullable Failure unreachable(Entry entry, Patience patience) {
        for (Map.Entry<Side, Failure> side : gone.entrySet()) {
            if (entry.planned().step().on() == side.getKey()
                    || (patience == Patience.UNDO && entry.action().needs(side.getKey()))) {
                return side.getValue();
            }
        }
        return null;
    }

    private void remember(Entry entry, Failure failure) {
        Side side = entry.planned().step().on();
        if (side != null && failure.isUnreachable() && !entry.action().needs(side.other())) {
            gone.put(side, failure);
        }
    }

    /** A target that is gone is not asked, patiently, before the source that visitors wait for. */
    private boolean waitsForTheSource(Entry entry, StatusBoard board) {
        return entry.planned().step().on() == Side.TARGET && sourceComesFirst(board);
    }

    private boolean sourceComesFirst(StatusBoard board) {
        return keptThePage
                && board.inOutage()
                && !board.pastPivot()
                && !targetServed
                && entries.stream().anyMatch(Compensations::isNeeded);
    }

    private static boolean isNeeded(Entry entry) {
        return entry.planned().step().effect().neededToServe();
    }

    private static boolean wasPutBackBy(Entry older, Entry newer, StatusBoard board) {
        boolean same = older.action().putsBack(newer.planned().step());
        if (same) {
            board.undone(
                    newer.planned(),
                    Outcome.of("put back by the undo of " + older.planned().id()));
        }
        return same;
    }

    private boolean isKept(Entry entry, StatusBoard board) {
        return entry.planned().step().effect().holdsWrites() && (board.pastPivot() || targetServed);
    }

    private @Nullable Failure undo(Entry entry, Hands hands, StatusBoard board, Patience patience) {
        PlannedStep planned = entry.planned();
        if (isKept(entry, board)) {
            board.kept(planned, "kept on the target: it may hold what visitors have written there");
            return null;
        }
        boolean pivot = planned.step().effect() == Effect.PIVOT;
        board.undoing(planned);
        try {
            Outcome outcome = hands.takeBack(planned, entry.action(), entry.before(), patience);
            // After an undo of the pivot that works, nobody is in doubt any more where visitors were sent.
            targetServed = outcome.targetServed() || (targetServed && !pivot);
            board.undone(planned, outcome);
            board.afterUndo(planned);
            return null;
        } catch (TemporalFailure temporal) {
            // Nobody knows where the old proxy sends visitors now.
            targetServed |= pivot;
            Failure failure = Failure.of(temporal, patience);
            board.undoFailed(planned, failure);
            return failure;
        }
    }
}
