package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import dev.godwit.workflows.step.Step;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one place that changes what a migration says of itself: its phase, its steps, its journal, the details in
 * Temporal's own UI and the search attributes, so that all of them agree.
 */
final class StatusBoard {
    private static final String GODWIT = "godwit";

    private final MigrationRequest request;
    private final Instant startedAt = Moment.now();
    private final Map<String, StepStatus> steps = new LinkedHashMap<>();
    private final List<JournalEntry> journal = new ArrayList<>();
    private Phase phase = Phase.PREFLIGHT;
    private Serving serving = Serving.SOURCE;
    private boolean pastPivot;
    private @Nullable PlanReport report;
    private @Nullable Waiting waiting;
    private boolean paused;
    private boolean undoing;
    private @Nullable Instant outageBegan;
    private @Nullable Duration outageSoFar;
    private @Nullable End end;
    private @Nullable Instant endedAt;
    private @Nullable String endReason;
    private long revision;

    StatusBoard(MigrationRequest request) {
        this.request = request;
        write(request.actor(), "started", null, 0, null, request.reason());
    }

    MigrationStatus status() {
        return new MigrationStatus(
                request.id(),
                request.spec().service(),
                startedAt,
                phase,
                serving,
                pastPivot,
                report == null ? null : report.plan().hash(),
                report == null ? List.of() : report.findings(),
                List.copyOf(steps.values()),
                waiting,
                paused,
                undoing,
                inOutage() ? null : outageSoFar,
                predictedOutage(),
                end,
                endedAt,
                endReason,
                revision);
    }

    List<JournalEntry> journal() {
        return List.copyOf(journal);
    }

    Optional<PlanReport> report() {
        return Optional.ofNullable(report);
    }

    private @Nullable Duration predictedOutage() {
        return report == null ? null : Prediction.outage(report.plan(), steps.values());
    }

    boolean pastPivot() {
        return pastPivot;
    }

    boolean inOutage() {
        return outageBegan != null;
    }

    boolean paused() {
        return paused;
    }

    /** The moment at which the last step of a kind ended, if one has. */
    Optional<Instant> endOf(Class<? extends Step> kind) {
        return steps.values().stream()
                .filter(step -> kind.isInstance(step.planned().step()))
                .flatMap(step -> Stream.ofNullable(step.endedAt()))
                .max(Comparator.naturalOrder());
    }

    // ---- the plan and its steps ----

    void planned(PlanReport made) {
        report = made;
        made.plan().steps().forEach(planned -> steps.put(planned.id(), StepStatus.pending(planned)));
        write(GODWIT, "planned", null, 0, made.plan().hash(), null);
    }

    void enter(Phase next) {
        phase = next;
        Workflow.upsertTypedSearchAttributes(SearchAttributes.PHASE.valueSet(next.name()));
        write(GODWIT, "phase " + next, null, 0, null, null);
    }

    /** A look ahead that worked in the end: the step itself has not begun. */
    void looked(PlannedStep planned) {
        if (status(planned).state() == StepState.FAILED) {
            set(planned, StepStatus.pending(planned));
        }
    }

    void running(PlannedStep planned) {
        set(planned, status(planned).begun(StepState.RUNNING, Moment.now()));
    }

    void waitingAt(PlannedStep planned, Waiting reason) {
        waiting = reason;
        set(planned, status(planned).begun(StepState.WAITING, Moment.now()));
    }

    void waitFor(Waiting reason) {
        waiting = reason;
        changed();
    }

    void waitOver() {
        waiting = null;
        changed();
    }

    /** Ends a wait of one kind, and leaves any other. */
    void waitOver(Waiting.For what) {
        if (waiting != null && waiting.what() == what) {
            waitOver();
        }
    }

    void done(PlannedStep planned, Outcome outcome) {
        set(planned, status(planned).ended(StepState.DONE, Moment.now(), outcome.attempt(), outcome.summary()));
        write(GODWIT, "step done", planned.id(), outcome.attempt(), outcome.summary(), null);
    }

    void failed(PlannedStep planned, Failure failure) {
        if (planned.isPivot()) {
            serving = Serving.UNKNOWN;
        }
        set(planned, status(planned).failed(StepState.FAILED, Moment.now(), failure));
        write(GODWIT, "step failed", planned.id(), failure.attempts(), failure.words(), null);
    }

    void skipped(PlannedStep planned) {
        StepStatus status = status(planned);
        set(planned, status.ended(StepState.SKIPPED, Moment.now(), status.attempts(), status.note()));
        write(GODWIT, "step skipped", planned.id(), status.attempts(), null, null);
    }

    private void interrupted(StepStatus status) {
        PlannedStep planned = status.planned();
        set(planned, status.ended(StepState.FAILED, Moment.now(), status.attempts(), "interrupted by a rollback"));
        write(GODWIT, "step interrupted", planned.id(), status.attempts(), null, null);
    }

    // ---- who serves ----

    void beforeAct(PlannedStep planned) {
        if (planned.step().effect() == Effect.PAGE) {
            outageBegins();
        }
    }

    void afterAct(PlannedStep planned) {
        if (planned.isPivot()) {
            serves(Serving.TARGET);
        }
    }

    void afterUndo(PlannedStep planned) {
        switch (planned.step().effect()) {
            case PAGE -> serves(Serving.SOURCE);
            case PIVOT -> outageBegins();
            case NONE, COPY, STOPS_SOURCE -> {}
        }
    }

    private void outageBegins() {
        serving = Serving.PAGE;
        if (outageBegan == null) {
            outageBegan = Moment.now();
        }
        changed();
    }

    private void serves(Serving side) {
        serving = side;
        if (outageBegan != null) {
            Duration last = Duration.between(outageBegan, Moment.now());
            outageSoFar = outageSoFar == null ? last : outageSoFar.plus(last);
            outageBegan = null;
        }
        changed();
    }

    void passPivot() {
        pastPivot = true;
        write(GODWIT, "pivot passed", null, 0, "the target serves", null);
        changed();
    }

    // ---- undo ----

    /** From now on it rolls back, also while the running step is still being interrupted. */
    void rollBackSaid() {
        undoing = true;
        waiting = null;
        changed();
    }

    void undoBegins(String reason) {
        List.copyOf(steps.values()).stream()
                .filter(step -> step.state() == StepState.RUNNING || step.state() == StepState.WAITING)
                .forEach(this::interrupted);
        undoing = true;
        paused = false;
        waiting = null;
        endReason = reason;
        write(GODWIT, "rollback begins", null, 0, reason, null);
        changed();
    }

    void undoing(PlannedStep planned) {
        set(planned, status(planned).begun(StepState.UNDOING, Moment.now()));
    }

    void undone(PlannedStep planned, Outcome outcome) {
        set(planned, status(planned).ended(StepState.UNDONE, Moment.now(), outcome.attempt(), outcome.summary()));
        write(GODWIT, "step undone", planned.id(), outcome.attempt(), outcome.summary(), null);
    }

    void undoFailed(PlannedStep planned, Failure failure) {
        if (planned.isPivot()) {
            serving = Serving.UNKNOWN;
        }
        set(planned, status(planned).failed(StepState.UNDO_FAILED, Moment.now(), failure));
        write(GODWIT, "undo failed", planned.id(), failure.attempts(), failure.words(), null);
    }

    void kept(PlannedStep planned, String why) {
        StepStatus status = status(planned);
        set(planned, status.ended(StepState.DONE, Moment.now(), status.attempts(), why));
        write(GODWIT, "kept", planned.id(), 0, why, null);
    }

    // ---- people ----

    /** @param result what it means, beyond its words: the plan that was approved, the loss that was accepted */
    void said(Command command, String event, @Nullable String step, @Nullable String result) {
        write(command.actor(), event, step, 0, result, command.reason());
        changed();
    }

    void pause(boolean now) {
        paused = now;
        changed();
    }

    void ends(End how, @Nullable String reason) {
        end = how;
        pastPivot &= how == End.FINISHED;
        endedAt = Moment.now();
        endReason = reason;
        waiting = null;
        undoing = false;
        Workflow.upsertTypedSearchAttributes(SearchAttributes.OUTCOME.valueSet(how.name()));
        write(GODWIT, "ended " + how, null, 0, null, reason);
        changed();
    }

    void note(String event, String result) {
        write(GODWIT, event, null, 0, result, null);
    }

    /** What became of a step of the plan. */
    StepStatus status(PlannedStep planned) {
        StepStatus status = steps.get(planned.id());
        return status == null ? StepStatus.pending(planned) : status;
    }

    private void set(PlannedStep planned, StepStatus status) {
        steps.put(planned.id(), status);
        changed();
    }

    private void changed() {
        revision++;
        Workflow.setCurrentDetails(Details.of(status()));
    }

    private void write(
            String actor,
            String event,
            @Nullable String step,
            int attempt,
            @Nullable String result,
            @Nullable String reason) {
        journal.add(new JournalEntry(Moment.now(), actor, event, step, attempt, result, reason));
    }
}
