package dev.godwit.workflows.migration;

import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.util.Objects;
import java.util.Optional;

/**
 * Which command fits which state. Pure: given the status, the reason why a command is refused, or nothing. Every reason
 * says what was expected, what was found and what would fit then.
 */
final class CommandRules {
    private CommandRules() {}

    static Optional<String> refusal(MigrationStatus status, Command command) {
        if (status.end() != null) {
            return refuse("a migration that runs", "it is over: " + status.end(), "start a new one");
        }
        return switch (command) {
            case Command.Approve approve -> refuseApproval(status, approve);
            case Command.Pause ignored -> refusePause(status);
            case Command.Resume ignored -> refuseResume(status);
            case Command.Decide decide -> refuseDecision(status, decide);
            case Command.RollBack ignored -> refuseRollBack(status);
            case Command.Finish ignored -> refuseFinish(status);
        };
    }

    private static Optional<String> refuseApproval(MigrationStatus status, Command.Approve approve) {
        Waiting waiting = status.waiting();
        if (waiting == null || waiting.what() != Waiting.For.APPROVAL) {
            return refuse(
                    "a migration that waits for an approval",
                    found(status),
                    fits(status, isBefore(status, Phase.CUTOVER) ? "wait until it does" : "let it go on"));
        }
        if (!Objects.equals(status.planHash(), approve.planHash())) {
            return refuse(
                    "the hash of the plan that will run, " + status.planHash(),
                    approve.planHash(),
                    "read the plan of this migration and approve its hash");
        }
        return Optional.empty();
    }

    private static Optional<String> refusePause(MigrationStatus status) {
        if (status.paused()) {
            return refuse("a migration that is not paused", "it is paused", "resume it");
        }
        if (status.undoing()) {
            return refuse("a migration that goes forward", "it rolls back", "let it end");
        }
        if (status.serving() != Serving.SOURCE && status.serving() != Serving.TARGET) {
            return refuse(
                    "a moment at which visitors are served",
                    status.serving().words(),
                    "wait for the pivot, or roll back");
        }
        return Optional.empty();
    }

    private static Optional<String> refuseResume(MigrationStatus status) {
        return status.paused()
                ? Optional.empty()
                : refuse("a paused migration", "it is not paused", fits(status, "let it go on"));
    }

    private static Optional<String> refuseDecision(MigrationStatus status, Command.Decide decide) {
        Waiting waiting = status.waiting();
        if (waiting == null || waiting.options().isEmpty()) {
            return refuse(
                    "a migration that waits for a decision", found(status), fits(status, "wait until it asks for one"));
        }
        if (!waiting.step().equals(decide.step())) {
            return refuse("a decision about " + waiting.step(), "about " + decide.step(), "name the step that waits");
        }
        if (!waiting.options().contains(decide.choice())) {
            return refuse("one of " + waiting.options(), decide.choice().toString(), "choose one of them");
        }
        return Optional.empty();
    }

    private static Optional<String> refuseRollBack(MigrationStatus status) {
        if (status.undoing()) {
            return refuse("a migration that goes forward", "it rolls back already", "let it end");
        }
        if (isAtPivot(status)) {
            // Undone in the middle, a write that the target has acknowledged could be dropped with its copy.
            return refuse("a moment before or after the pivot", "the pivot is under way", "call again in a moment");
        }
        if (status.phase() == Phase.FINISH) {
            return refuse(
                    "a migration before phase FINISH",
                    "the way back is being removed",
                    "plan a migration in the other direction");
        }
        return Optional.empty();
    }

    private static Optional<String> refuseFinish(MigrationStatus status) {
        Waiting waiting = status.waiting();
        return status.phase() == Phase.SOAK && waiting != null && waiting.what() == Waiting.For.TIME
                ? Optional.empty()
                : refuse(
                        "a migration that soaks",
                        found(status),
                        fits(status, isBefore(status, Phase.SOAK) ? "wait for phase SOAK" : "let it go on"));
    }

    /**
     * What fits a state instead.
     *
     * @param atWork what fits if it goes forward and waits for nothing
     */
    private static String fits(MigrationStatus status, String atWork) {
        return switch (status.waiting()) {
            case null -> status.undoing() ? "let it end" : atWork;
            case Waiting waiting ->
                switch (waiting.what()) {
                    case APPROVAL -> "approve the plan, or roll back";
                    case RESUME -> "resume it";
                    case DECISION -> decide(waiting);
                    case TIME ->
                        waiting.options().isEmpty()
                                ? "finish it, or let it wait"
                                : decide(waiting) + ", or let it wait";
                };
        };
    }

    private static String decide(Waiting waiting) {
        return "decide about " + waiting.step() + ": one of " + waiting.options();
    }

    private static boolean isBefore(MigrationStatus status, Phase phase) {
        return status.phase().compareTo(phase) < 0;
    }

    private static boolean isAtPivot(MigrationStatus status) {
        return status.steps().stream().anyMatch(step -> step.planned().isPivot() && step.state() == StepState.RUNNING);
    }

    private static String found(MigrationStatus status) {
        Waiting waiting = status.waiting();
        if (status.undoing()) {
            return "it rolls back";
        }
        return waiting == null ? "it is at work in phase " + status.phase() : "it waits for " + waiting.what();
    }

    private static Optional<String> refuse(String expected, String found, String instead) {
        return Optional.of("Expected " + expected + ", but found: " + found + "; what fits: " + instead);
    }
}
