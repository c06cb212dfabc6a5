package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.MigrationStatus;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of a migration, at any moment of its life and after it. */
public record MigrationView(
        String id,
        String service,
        @Doc("Where it is at work, or was when it ended") Phase phase,

        @Doc("Who answers visitors") Serving serving,

        @Doc("Whether the point of no return has been passed; left out if it is not known") @Nullable
        Boolean pastPivot,

        @Doc("The hash of the plan; left out until the plan is made") @Nullable
        String plan,

        List<Finding> findings,
        List<StepView> steps,

        @Doc("What it waits for; left out if it is at work or over") @Nullable
        Waiting waiting,

        @Doc("Whether a person asked it to begin no further step")
        boolean paused,

        @Doc("Whether it is putting the source back") boolean undoing,

        @Doc("How long neither side served, as Godwit measured it") @Nullable
        Duration outage,

        @Doc("How long neither side is expected to serve") @Nullable
        Duration predictedOutage,

        @Doc("How it ended; left out while it runs") @Nullable
        End outcome,

        @Doc("Why it ended so") @Nullable String endReason,
        Instant startedAt,
        @Nullable Instant endedAt,

        @Doc("Grows with every change of what the migration itself knows")
        long revision,

        @Doc("True if the migration itself did not answer, and this is what the engine knows about it")
        boolean partial,

        @Doc("What a reader should know about this answer") @Nullable
        String note) {
    public MigrationView {
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }

    static MigrationView of(MigrationStatus status) {
        return new MigrationView(
                status.id(),
                status.service(),
                status.phase(),
                status.serving(),
                status.pastPivot(),
                status.planHash(),
                status.findings(),
                StepView.of(status.steps()),
                status.waiting(),
                status.paused(),
                status.undoing(),
                status.outage(),
                status.predictedOutage(),
                status.end(),
                status.endReason(),
                status.startedAt(),
                status.endedAt(),
                status.revision(),
                false,
                null);
    }

    /** A migration that has just been started: nothing has been touched. */
    static MigrationView started(MigrationId id, Instant at) {
        return withoutSteps(id, Phase.PREFLIGHT, Serving.SOURCE, false, null, at, null, false, null);
    }

    /** What the engine knows about a migration that does not answer itself. */
    static MigrationView partial(Run run, Phase phase, Serving serving, @Nullable Boolean pastPivot, String note) {
        return withoutSteps(
                run.id(),
                phase,
                serving,
                pastPivot,
                run.end().orElse(null),
                run.startedAt(),
                run.endedAt(),
                true,
                note);
    }

    private static MigrationView withoutSteps(
            MigrationId id,
            Phase phase,
            Serving serving,
            @Nullable Boolean pastPivot,
            @Nullable End end,
            Instant startedAt,
            @Nullable Instant endedAt,
            boolean partial,
            @Nullable String note) {
        return new MigrationView(
                id.text(),
                id.service(),
                phase,
                serving,
                pastPivot,
                null,
                List.of(),
                List.of(),
                null,
                false,
                false,
                null,
                null,
                end,
                null,
                startedAt,
                endedAt,
                0,
                partial,
                note);
    }

    MigrationView with(List<StepView> newSteps) {
        return with(newSteps, waiting, endedAt, note);
    }

    /** The same of a migration that was ended before its own end: what it waited for, nobody waits for any more. */
    MigrationView endedFromOutside(Instant at, String words) {
        return with(steps, null, at, words);
    }

    private MigrationView with(
            List<StepView> newSteps,
            @Nullable Waiting newWaiting,
            @Nullable Instant newEndedAt,
            @Nullable String newNote) {
        return new MigrationView(
                id,
                service,
                phase,
                serving,
                pastPivot,
                plan,
                findings,
                newSteps,
                newWaiting,
                paused,
                undoing,
                outage,
                predictedOutage,
                outcome,
                endReason,
                startedAt,
                newEndedAt,
                revision,
                partial,
                newNote);
    }

    /** Whether nothing will change any more. */
    boolean isOver() {
        return endedAt != null;
    }
}
