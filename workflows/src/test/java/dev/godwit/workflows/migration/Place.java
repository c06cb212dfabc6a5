package dev.godwit.workflows.migration;

import dev.godwit.workflows.certificates.CertificateStep.CopyCertificates;
import dev.godwit.workflows.crontabs.CrontabStep;
import dev.godwit.workflows.database.DatabaseStep;
import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.dns.DnsStep;
import dev.godwit.workflows.files.FileStep;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.gates.Gate.AwaitApproval;
import dev.godwit.workflows.gates.Gate.KeepBudget;
import dev.godwit.workflows.gates.Gate.Soak;
import dev.godwit.workflows.gates.Gate.WaitOutTtl;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.units.UnitStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One step of a plan with everything, and what must be true when it goes wrong there: read off the plan alone, in the
 * words of docs/cutover.md.
 */
record Place(int index) {
    static final Plan PLAN = Planner.plan(Specs.everything(), Specs.facts());

    private static final List<PlannedStep> STEPS = PLAN.steps();
    private static final int PIVOT = PLAN.pivot();
    private static final int PAGE = IntStream.range(0, STEPS.size())
            .filter(index -> STEPS.get(index).step() instanceof SiteStep.ServePage)
            .findFirst()
            .orElseThrow();

    static Stream<Place> all() {
        return IntStream.range(0, STEPS.size()).mapToObj(Place::new);
    }

    // ---- the step ----

    PlannedStep planned() {
        return STEPS.get(index);
    }

    String id() {
        return planned().id();
    }

    Phase phase() {
        return planned().phase();
    }

    int stage() {
        return planned().stage();
    }

    /** The other steps of its stage. */
    List<Place> siblings() {
        return all().filter(other -> other.stage() == stage() && other.index != index)
                .toList();
    }

    String look() {
        return "look " + id();
    }

    String act() {
        return "act " + id();
    }

    String undo() {
        return "undo " + id();
    }

    boolean hasUndo() {
        return planned().step().undo() != null;
    }

    /** What opens it. */
    Gate gate() {
        return switch (planned().step()) {
            case AwaitApproval _ -> Gate.APPROVAL;
            case WaitOutTtl _ -> Gate.TTL;
            case Soak _ -> Gate.SOAK;
            case KeepBudget _ -> Gate.OPEN;
            default -> Gate.NONE;
        };
    }

    enum Gate {
        NONE,
        /** Nobody has to open it. */
        OPEN,
        APPROVAL,
        TTL,
        SOAK
    }

    boolean acts() {
        return gate() == Gate.NONE || gate() == Gate.SOAK;
    }

    /** The last call before its act, and whether that call is another step's act. */
    Before before() {
        if (acts() && looks() && phase() != Phase.CUTOVER) {
            return new Before(this, look(), false);
        }
        if (phase() == Phase.CUTOVER
                && all().noneMatch(place -> place.stage() < stage() && place.phase() == Phase.CUTOVER)) {
            // All before-images of the cutover are taken before its first act.
            Place lastLook = all().filter(place -> place.phase() == Phase.CUTOVER && place.looks())
                    .reduce((one, next) -> next)
                    .orElseThrow();
            return new Before(this, lastLook.look(), false);
        }
        Place previous = all().filter(place -> place.stage() < stage() && place.acts())
                .reduce((one, next) -> next)
                .orElseThrow();
        return new Before(previous, previous.act(), previous.gate() == Gate.NONE);
    }

    private boolean looks() {
        return switch (planned().step()) {
            case DnsStep _ -> true;
            case CopyCertificates _ -> true;
            case DrainRequests _ -> false;
            case SiteStep _ -> true;
            case CopyFiles _ -> true;
            case CopyDatabase _ -> true;
            case FenceDatabase _ -> true;
            case UnitStep _ -> true;
            case CrontabStep _ -> true;
            default -> false;
        };
    }

    /**
     * A call that comes just before a step's act.
     *
     * @param place the step that has begun
     * @param ends whether the call ends that step
     */
    record Before(Place place, String call, boolean ends) {
        RolledBack rolledBack() {
            return ends ? place.rolledBackAfter() : place.rolledBackIn();
        }
    }

    // ---- where it is ----

    boolean isPivot() {
        return index == PIVOT;
    }

    boolean isPastPivot() {
        return index > PIVOT;
    }

    /** The page is up, from the moment it is asked for until the pivot is done. */
    boolean isInOutage() {
        return PAGE <= index && index <= PIVOT;
    }

    Serving serving() {
        return index < PAGE ? Serving.SOURCE : isInOutage() ? Serving.PAGE : Serving.TARGET;
    }

    /** Who serves when it has failed: a pivot that failed may have happened. */
    Serving servingWhenFailed() {
        return isPivot() ? Serving.UNKNOWN : serving();
    }

    /** The way back is there until it is being removed. */
    boolean canRollBack() {
        return phase() != Phase.FINISH;
    }

    /** The page, and what stops the source's service and its writes behind it. */
    boolean isNeededToServe() {
        Step step = planned().step();
        return PAGE <= index
                && index < PIVOT
                && step.on() == Side.SOURCE
                && (step instanceof SiteStep || step instanceof UnitStep || step instanceof DatabaseStep.FenceDatabase);
    }

    // ---- what a person may say ----

    List<Choice> choices() {
        List<Choice> choices = new ArrayList<>(List.of(Choice.RETRY));
        if (planned().step().skippable()) {
            choices.add(Choice.SKIP);
        }
        if (!isPastPivot()) {
            choices.add(Choice.ROLL_BACK);
        }
        return choices;
    }

    Set<String> commandsWhenFailed() {
        Set<String> commands = new TreeSet<>(Set.of("retry"));
        if (planned().step().skippable()) {
            commands.add("skip");
        }
        if (!isPastPivot()) {
            commands.add("decide to roll back");
        }
        if (canRollBack()) {
            commands.add("roll back");
        }
        if (!isInOutage()) {
            commands.add("pause");
        }
        return commands;
    }

    String refusalOfRollBack() {
        if (isPivot()) {
            return "the pivot is under way";
        }
        return canRollBack() ? "about 1000 rows" : "the way back is being removed";
    }

    // ---- what becomes of the steps ----

    private boolean isReached(int other) {
        return STEPS.get(other).stage() <= stage();
    }

    /** Everything before it and beside it done, nothing after it begun. */
    List<String> statesWith(StepState own) {
        return states(other -> other == index ? own : isReached(other) ? StepState.DONE : StepState.PENDING);
    }

    /** What a rollback leaves that comes while this step is at work, or after it has failed. */
    RolledBack rolledBackIn() {
        return rolledBack(undone(), StepState.FAILED);
    }

    /** What a rollback leaves that comes when this step has been done, and none after it has begun. */
    RolledBack rolledBackAfter() {
        return rolledBack(undone(), StepState.DONE);
    }

    /** After the pivot the copies hold the newest writes: they stay. */
    private List<String> undone() {
        return STEPS.reversed().stream()
                .filter(step -> step.stage() <= stage())
                .filter(step -> step.step().undo() != null)
                .filter(step -> !(isPastPivot()
                        && (step.step() instanceof DatabaseStep.CopyDatabase
                                || step.step() instanceof FileStep.CopyFiles)))
                .map(PlannedStep::id)
                .toList();
    }

    private RolledBack rolledBack(List<String> undone, StepState ofThisUnlessUndone) {
        return new RolledBack(undone, states(other -> {
            if (undone.contains(STEPS.get(other).id())) {
                return StepState.UNDONE;
            }
            return other == index ? ofThisUnlessUndone : isReached(other) ? StepState.DONE : StepState.PENDING;
        }));
    }

    /**
     * What a rollback leaves.
     *
     * @param undone the steps that were taken back, in order
     * @param states every step with its state
     */
    record RolledBack(List<String> undone, List<String> states) {
        RolledBack with(Place place, StepState state) {
            List<String> changed = new ArrayList<>(states);
            changed.set(place.index, place.id() + " " + state);
            return new RolledBack(undone, changed);
        }
    }

    // ---- when its undo fails ----

    /** It has failed itself, so that its undo is the newest. */
    FailedUndo undoFails() {
        return new FailedUndo(this, this);
    }

    /** It is done, and the next step with an undo has failed, so that its undo comes in the middle; if there is such a step. */
    Optional<FailedUndo> undoFailsInTheMiddle() {
        return all().filter(next -> next.index > index && next.hasUndo() && next.canRollBack())
                .findFirst()
                .map(next -> new FailedUndo(this, next));
    }

    /**
     * What must be true when a step's undo fails in a rollback.
     *
     * @param failed the step that has failed when somebody says roll back
     */
    record FailedUndo(Place place, Place failed) {
        /** Retried later, it would bring back a rehearsal. */
        boolean isPutBackByAnOlderUndoToo() {
            return place.planned().step() instanceof UnitStep.StartUnits start
                    && start.enable()
                    && !failed.isPastPivot();
        }

        /**
         * From the pivot on visitors may have reached the target: what cannot be taken back stops what comes behind it.
         * So does, while the page is up, what the source needs to serve.
         */
        boolean stopsOthers() {
            return place.isPivot() || failed.isPastPivot() || place.isNeededToServe();
        }

        boolean canBeSkipped() {
            return !isPutBackByAnOlderUndoToo() && !place.isNeededToServe();
        }

        List<Choice> choices() {
            return canBeSkipped() ? List.of(Choice.RETRY, Choice.SKIP) : List.of(Choice.RETRY);
        }

        Set<String> commands() {
            return canBeSkipped() ? Set.of("retry", "skip") : Set.of("retry");
        }

        /** Who serves while it waits for a person. */
        Serving serving() {
            List<String> undone = whileItWaits().undone();
            if (undone.contains(STEPS.get(PAGE).id())) {
                return Serving.SOURCE;
            }
            if (place.isPivot()) {
                return Serving.UNKNOWN;
            }
            return undone.contains(STEPS.get(PIVOT).id()) ? Serving.PAGE : failed.servingWhenFailed();
        }

        RolledBack whileItWaits() {
            List<String> undone = failed.undone();
            return failed.rolledBack(
                            stopsOthers() ? undone.subList(0, undone.indexOf(place.id())) : others(), StepState.FAILED)
                    .with(place, StepState.UNDO_FAILED);
        }

        RolledBack putBackByAnOlderUndo() {
            return failed.rolledBack(others(), StepState.FAILED).with(place, StepState.UNDONE);
        }

        RolledBack afterRetry() {
            List<String> last =
                    Stream.concat(others().stream(), Stream.of(place.id())).toList();
            return failed.rolledBack(stopsOthers() ? failed.undone() : last, StepState.FAILED);
        }

        RolledBack afterSkip() {
            return failed.rolledBack(others(), StepState.FAILED).with(place, StepState.UNDO_FAILED);
        }

        private List<String> others() {
            return failed.undone().stream().filter(id -> !id.equals(place.id())).toList();
        }

        @Override
        public String toString() {
            return place + ", rolled back from " + failed;
        }
    }

    private static List<String> states(IntFunction<StepState> state) {
        return IntStream.range(0, STEPS.size())
                .mapToObj(index -> STEPS.get(index).id() + " " + state.apply(index))
                .toList();
    }

    @Override
    public String toString() {
        return id();
    }
}
