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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kill -9 before, during and after every step of one migration, one kill after another. The points come from the plan;
 * over the three moments of a step each part of Godwit is killed once, and over three migrations each part at each
 * moment of each step.
 */
@Tag("long")
class KillMatrixTest extends LabTest {
    /** Long enough that its wait is still on after the kills around the steps before it. */
    private static final Duration TTL = Duration.ofMinutes(8);

    /** Instead of 20 or 30 s; a beat may still be late by two of its three periods. */
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration LOOK = Duration.ofMillis(3);

    /** An act whose estimate is too short to say is killed after this. */
    private static final Duration SHORT_ACT = Duration.ofMillis(40);

    private static final Duration LONG_ACT = Duration.ofSeconds(1);

    private static final List<Victim> VICTIMS = List.of(Victim.values());

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
     * @param shift which part is the first to be killed
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldFinishOnceWhenGodwitIsKilledAroundEveryStep(int shift) throws Exception {
        Map<String, String> settings = Map.of(
                Breakpoints.PROPERTY, "true", ShortHeartbeatInterceptor.PROPERTY, HEARTBEAT_TIMEOUT.toSeconds() + "s");
        try (LabSession session = open(Rows.SMALL, TTL, settings)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            PlanView plan = mover.plan();
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());

            breakpoints.set(pointsOf(plan.steps().getFirst()).getFirst());
            mover.start();
            List<PlanStepView> steps = plan.steps();
            for (int index = 0; index < steps.size(); index++) {
                killAround(session, mover, breakpoints, steps, index, shift);
            }
            MigrationView end = mover.ended();

            report(steps);
            // Dead before, in and after the step that serves the page, Godwit measures more than visitors met.
            assertPassed(
                    end,
                    new MoveAudit(session, before, mover.trafficBegan(), end)
                            .checks().stream()
                                    .filter(check -> !check.name().equals(Outside.SAME_OUTAGE))
                                    .toList());
            assertEachStepWasDoneOnce(mover, steps);
            assertOneDumpForEachCopy(session);
            assertThat(kills).hasSize(steps.size() * Moment.values().length);
            assertThat(kills)
                    .filteredOn(kill -> kill.where() == Where.TOO_LATE)
                    .allMatch(kill -> kill.point().step().equals("wait-out-ttl"));
        }
    }

    private void killAround(
            LabSession session, Mover mover, Breakpoints breakpoints, List<PlanStepView> steps, int index, int shift)
            throws IOException, InterruptedException {
        PlanStepView step = steps.get(index);
        List<Breakpoint> points = pointsOf(step);
        for (int number = 0; number < points.size(); number++) {
            Breakpoint point = points.get(number);
            Victim victim = VICTIMS.get((index + number + shift) % VICTIMS.size());
            Where where = whereOf(await(mover, breakpoints, point));
            if (point.moment() == Moment.DURING && where == Where.AT_BREAKPOINT) {
                Await.until(halfOf(step), LOOK, () -> breakpoints.hasEnded(point));
                where = breakpoints.hasEnded(point) ? Where.ACT_ENDED : Where.IN_ACT;
            }
            if (where != Where.TOO_LATE) {
                victim.kill(session);
            }
            kills.add(new Kill(point, victim, where));
            terminal.event("killed " + victim + " at " + point + " (" + where + ")");
            if (number + 1 < points.size()) {
                breakpoints.set(points.get(number + 1));
            } else if (index + 1 < steps.size()) {
                breakpoints.set(pointsOf(steps.get(index + 1)).getFirst());
            } else {
                breakpoints.clear();
            }
            if (where != Where.TOO_LATE) {
                victim.recover(session);
            }
        }
        if (step.id().equals("soak")) {
            mover.soak(Duration.ofSeconds(5));
            mover.endSoak();
        }
    }

    private static List<Breakpoint> pointsOf(PlanStepView step) {
        return List.of(Moment.values()).stream()
                .map(moment -> new Breakpoint(step.id(), moment))
                .toList();
    }

    private static Where whereOf(StepState state) {
        return switch (state) {
            case RUNNING -> Where.AT_BREAKPOINT;
            case WAITING -> Where.WAITING;
            default -> Where.TOO_LATE;
        };
    }

    private static Duration halfOf(PlanStepView step) {
        Duration half = step.estimate().dividedBy(2);
        if (half.isZero()) {
            return SHORT_ACT;
        }
        return half.compareTo(LONG_ACT) < 0 ? half : LONG_ACT;
    }

    private void report(List<PlanStepView> steps) {
        Map<Where, Long> places = kills.stream().collect(Collectors.groupingBy(Kill::where, Collectors.counting()));
        Map<Victim, Long> victims = kills.stream().collect(Collectors.groupingBy(Kill::victim, Collectors.counting()));
        terminal.heading(kills.size() + " kills around " + steps.size() + " steps: " + places + ", " + victims);
    }

    private static void assertEachStepWasDoneOnce(Mover mover, List<PlanStepView> steps)
            throws IOException, InterruptedException {
        Map<String, Long> done = mover.evidence().journal().stream()
                .filter(entry -> entry.event().equals("step done") && entry.step() != null)
                .collect(Collectors.groupingBy(entry -> String.valueOf(entry.step()), Collectors.counting()));
        assertThat(done).isEqualTo(steps.stream().collect(Collectors.toMap(PlanStepView::id, step -> 1L)));
    }
}
