package dev.godwit.workflows.migration;

import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Step;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The undo of every step that began, newest first. An entry is made before its step acts, so an undo must tolerate that
 * the step never happened. One that fails does not keep the others from running; it is kept, to be tried again.
 */
final class Compensations {
    private record Entry(PlannedStep planned, BeforeImage before) {}

    /** Change id: an undo that failed is not tried again when an older one has put the same back. */
    private static final String LATE_UNDO = "late-undo";

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
        Map<Entry, Entry> covered = new LinkedHashMap<>();
        Workflow.newDetachedCancellationScope(() -> {
                    while (!entries.isEmpty()) {
                        Entry entry = entries.pop();
                        if (undo(entry, hands, board)) {
                            failed.stream()
                                    .filter(newer -> putsTheSameBack(entry, newer))
                                    .forEach(newer -> covered.put(newer, entry));
                        } else {
                            failed.add(entry);
                        }
                    }
                })
                .run();
        if (!covered.isEmpty() && Workflow.getVersion(LATE_UNDO, Workflow.DEFAULT_VERSION, 1) == 1) {
            failed.removeAll(covered.keySet());
            covered.forEach((newer, older) -> board.undone(
                    newer.planned(),
                    Outcome.of("put back by the undo of " + older.planned().id())));
        }
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

    /**
     * Whether the undo of an older step has put back what a newer one's, which failed, would have. Tried again, the newer
     * one would bring back a state in between: the maintenance page, the low TTL.
     */
    private static boolean putsTheSameBack(Entry older, Entry newer) {
        Step other = newer.planned().step();
        return switch (older.planned().step()) {
            case Step.DnsStep ignored -> other instanceof Step.DnsStep;
            case Step.SiteStep site -> other instanceof Step.SiteStep && site.on() == other.on();
            case Step.UnitStep found ->
                other instanceof Step.UnitStep units
                        && found.on() == units.on()
                        && found.units().containsAll(units.units());
            default -> false;
        };
    }

    /** After the pivot the copies on the target are the only place of the newest writes: they are never removed. */
    private static boolean holdsWrites(Step step) {
        return step instanceof Step.CopyDatabase || step instanceof Step.CopyFiles;
    }
}
