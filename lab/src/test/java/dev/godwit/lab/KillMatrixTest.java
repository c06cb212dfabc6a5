package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanStepView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.lab.Breakpoint.Moment;
import dev.godwit.workflows.migration.StepState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kill -9 before, during and after every step of one migration, one kill after another. The points come from the plan;
 * over the three moments of a step each part of Godwit is killed once, and over three migrations each part at each
 * moment of each step. Of steps that run together each migration takes another one for its kills, which hit the others
 * where they happen to be. Then once more on the way back, around every undo.
 */
@Tag("long")
class KillMatrixTest extends LabTest {
    /** Long enough that its wait is still on after the kills around the steps before it. */
    private static final Duration TTL = Duration.ofMinutes(8);

    /** Instead of 20 or 30 s; a beat may still be late by two of its three periods. */
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration LOOK = Duration.ofMillis(3);

    /** An act whose estimate is too short to say is killed after one of these. */
    private static final List<Duration> SHORT_ACT =
            List.of(Duration.ofMillis(5), Duration.ofMillis(15), Duration.ofMillis(40));

    private static final String PIVOT = "forward-requests";
    private static final String CLEAN_UP = "clean-up";

    /** Their estimate is a wait. */
    private static final Set<String> WAITS = Set.of("keep-budget", "wait-out-ttl", "await-approval", "soak");

    private static final Duration LONG_ACT = Duration.ofSeconds(1);

    private static final List<Victim> VICTIMS = List.of(Victim.values());
    private static final List<Moment> MOMENTS = List.of(Moment.values());

    private final List<Kill> kills = new ArrayList<>();

    /**
     * A kill that has happened.
     *
     * @param where what the migration did at that moment
     */
    private record Kill(Breakpoint point, Victim victim, Where where) {}

    private enum Where {
        AT_BREAKPOINT,
        IN_ACT,
        ACT_ENDED,
        WAITING,
        /** On a slow machine the wait for the TTL is over before. */
        TOO_LATE
    }

    /**
     * One migration; 15 to 35 minutes.
     *
     * @param shift which part is the first to be killed, and how soon in a short act
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldFinishOnceWhenGodwitIsKilledAroundEveryStep(int shift) throws Exception {
        try (LabSession session = open(Rows.SMALL, TTL, settings())) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            PlanView plan = mover.plan();
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());

            breakpoints.set(pointsOf(plan.steps().getFirst()).getFirst());
            mover.start();
            List<PlanStepView> steps = oneOfEachStage(plan.steps(), shift);
            List<Breakpoint> points =
                    steps.stream().flatMap(step -> pointsOf(step).stream()).toList();
            for (int index = 0; index < points.size(); index++) {
                PlanStepView step = steps.get(index / MOMENTS.size());
                int turn = index / MOMENTS.size() + index % MOMENTS.size() + shift;
                kill(session, mover, breakpoints, points, index, turn, halfOf(step, shift));
                if (points.get(index).equals(new Breakpoint("soak", Moment.AFTER))) {
                    mover.soak(Duration.ofSeconds(5));
                    mover.endSoak();
                }
            }
            MigrationView end = mover.ended();

            report(end);
            assertPassed(end, butForTheOutage(new MoveAudit(session, before, mover.trafficBegan(), end).checks()));
            assertEachStepWasDoneOnce(mover, plan.steps());
            assertOneDumpForEachCopy(session);
            assertThat(kills).hasSize(points.size());
            assertThat(kills)
                    .filteredOn(kill -> kill.where() == Where.TOO_LATE)
                    .allMatch(kill -> kill.point().step().equals("wait-out-ttl"));
            assertInActs(steps);
        }
    }

    /**
     * One migration whose pivot fails, so that everything is taken back, with a kill at each undo: 5 to 10 minutes.
     *
     * @param shift at which moment of the first undo, and which part
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldGoBackWhenGodwitIsKilledAtEveryUndo(int shift) throws Exception {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put(FailAtInterceptor.PROPERTY, PIVOT);
        try (LabSession session = open(Rows.SMALL, settings)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            List<Breakpoint> points = undoPointsOf(mover.plan().steps(), shift);
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());

            mover.start();
            mover.awaitFailure(PIVOT);
            breakpoints.set(points.getFirst());
            mover.decideToRollBack(PIVOT);
            for (int index = 0; index < points.size(); index++) {
                kill(
                        session,
                        mover,
                        breakpoints,
                        points,
                        index,
                        index / VICTIMS.size() + index + shift,
                        SHORT_ACT.get(shift));
            }
            MigrationView end = mover.ended();

            report(end);
            assertPassed(
                    end,
                    butForTheOutage(
                            new RollBackAudit(session, before, end, PIVOT, FailAtInterceptor.MESSAGE).checks()));
            assertThat(kills).hasSize(points.size()).noneMatch(kill -> kill.where() == Where.TOO_LATE);
            assertThat(end.steps())
                    .filteredOn(step -> step.state() == StepState.UNDONE)
                    .extracting(step -> Breakpoint.undoOf(step.id()))
                    .containsExactlyInAnyOrderElementsOf(points.stream()
                            .map(Breakpoint::step)
                            .filter(name -> !name.equals(CLEAN_UP))
                            .toList());
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                Breakpoints.PROPERTY, "true", ShortHeartbeatInterceptor.PROPERTY, HEARTBEAT_TIMEOUT.toSeconds() + "s");
    }

    /** Kills at one point, and lets the migration come to the next one. */
    private void kill(
            LabSession session,
            Mover mover,
            Breakpoints breakpoints,
            List<Breakpoint> points,
            int index,
            int turn,
            Duration intoTheAct)
            throws IOException, InterruptedException {
        Breakpoint point = points.get(index);
        Victim victim = VICTIMS.get(turn % VICTIMS.size());
        Where where = whereOf(await(mover, breakpoints, point));
        if (point.moment() == Moment.DURING && where == Where.AT_BREAKPOINT) {
            Await.until(intoTheAct, LOOK, () -> breakpoints.hasEnded(point));
            where = breakpoints.hasEnded(point) ? Where.ACT_ENDED : Where.IN_ACT;
        }
        if (where != Where.TOO_LATE) {
            victim.kill(session);
        }
        kills.add(new Kill(point, victim, where));
        terminal.event("killed " + victim + " at " + point + " (" + where + ")");
        if (index + 1 < points.size()) {
            breakpoints.set(points.get(index + 1));
        } else {
            breakpoints.clear();
        }
        if (where != Where.TOO_LATE) {
            victim.recover(session);
        }
    }

    private static List<PlanStepView> oneOfEachStage(List<PlanStepView> steps, int shift) {
        return steps.stream()
                .collect(Collectors.groupingBy(PlanStepView::stage, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(together -> together.get(shift % together.size()))
                .toList();
    }

    private static List<Breakpoint> pointsOf(PlanStepView step) {
        return MOMENTS.stream().map(moment -> new Breakpoint(step.id(), moment)).toList();
    }

    /** The undos up to the pivot's, newest first, and what follows them. */
    private static List<Breakpoint> undoPointsOf(List<PlanStepView> steps, int shift) {
        PlanStepView pivot =
                steps.stream().filter(PlanStepView::pivot).findFirst().orElseThrow();
        assertThat(pivot.id()).isEqualTo(PIVOT);
        List<String> undos = Stream.concat(
                        steps.subList(0, steps.indexOf(pivot) + 1).reversed().stream()
                                .filter(step -> step.undo() != null)
                                .map(step -> Breakpoint.undoOf(step.id())),
                        Stream.of(CLEAN_UP))
                .toList();
        return IntStream.range(0, undos.size())
                .mapToObj(index -> new Breakpoint(undos.get(index), MOMENTS.get((index + shift) % MOMENTS.size())))
                .toList();
    }

    private static Where whereOf(StepState state) {
        return switch (state) {
            case RUNNING -> Where.AT_BREAKPOINT;
            case WAITING -> Where.WAITING;
            default -> Where.TOO_LATE;
        };
    }

    private static Duration halfOf(PlanStepView step, int shift) {
        Duration half = step.estimate().dividedBy(2);
        if (half.isZero()) {
            return SHORT_ACT.get(shift);
        }
        return half.compareTo(LONG_ACT) < 0 ? half : LONG_ACT;
    }

    /** Dead before, in and after the step that serves the page, Godwit measures more than visitors met. */
    private static List<Check> butForTheOutage(List<Check> checks) {
        return checks.stream()
                .filter(check -> !check.name().equals(Outside.SAME_OUTAGE))
                .toList();
    }

    private void report(MigrationView end) {
        Map<Where, Long> places = kills.stream().collect(Collectors.groupingBy(Kill::where, Collectors.counting()));
        Map<Victim, Long> victims = kills.stream().collect(Collectors.groupingBy(Kill::victim, Collectors.counting()));
        terminal.heading(kills.size() + " kills, then " + end.outcome() + ": " + places + ", " + victims);
    }

    /** An act that takes long is hit in its middle; of the short ones, many are over sooner than anybody can kill. */
    private void assertInActs(List<PlanStepView> steps) {
        Set<String> hit = kills.stream()
                .filter(kill -> kill.where() == Where.IN_ACT)
                .map(kill -> kill.point().step())
                .collect(Collectors.toSet());
        assertThat(hit)
                .containsAll(steps.stream()
                        .filter(step -> step.estimate().compareTo(LONG_ACT) >= 0 && !WAITS.contains(step.id()))
                        .map(PlanStepView::id)
                        .toList())
                .hasSizeGreaterThan(steps.size() / 2);
    }

    private static void assertEachStepWasDoneOnce(Mover mover, List<PlanStepView> steps)
            throws IOException, InterruptedException {
        Map<String, Long> done = mover.evidence().journal().stream()
                .filter(entry -> entry.event().equals("step done") && entry.step() != null)
                .collect(Collectors.groupingBy(entry -> String.valueOf(entry.step()), Collectors.counting()));
        assertThat(done).isEqualTo(steps.stream().collect(Collectors.toMap(PlanStepView::id, step -> 1L)));
    }
}
