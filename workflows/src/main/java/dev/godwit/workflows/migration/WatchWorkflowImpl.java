package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;

/** See {@link WatchWorkflow}. A short failure is counted and forgiven: an application may be restarted. */
public final class WatchWorkflowImpl implements WatchWorkflow {
    /** Rounds in one run: some eleven events each, a quarter of what the engine takes without a word. */
    private static final int ROUNDS = 250;

    private static final Duration TOLERATED = Duration.ofMinutes(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);
    /** In the first hour, in which most of what is wrong shows. */
    private static final Duration AT_FIRST = Duration.ofMinutes(1);

    private static final Duration FIRST = Duration.ofHours(1);
    private static final Duration LATER = Duration.ofMinutes(5);
    /** Between two rounds of a service that fails. */
    private static final Duration DOUBT = Duration.ofSeconds(5);

    @Override
    public Outcome watch(Order order) {
        ServiceChecks checks = OtherWorkers.stub(ServiceChecks.class, Patience.WATCH.options("ask the service", false));
        Watched watched = new Watched(order.migration(), order.checks());
        Duration tolerated = Durations.shorter(order.period(), TOLERATED);
        Watching seen = order.soFar();
        for (int round = 0; round < ROUNDS; round++) {
            Instant began = Moment.now();
            seen = seen.round(checks.watchService(watched).problem(), began);
            Workflow.setCurrentDetails(seen.words());
            switch (seen.next(Moment.now(), order.until(), tolerated)) {
                case GO_ON -> Workflow.sleep(interval(order, Moment.now(), seen.problem() != null));
                case DONE -> {
                    return Outcome.of("Watched for " + Durations.format(order.period()) + ": " + seen.words());
                }
                case DOWN ->
                    throw FailureType.CHECK_FAILED.because(seen.problem() + ", without a break since "
                            + seen.failingSince() + "; " + seen.words()
                            + "; look at the service on the target, then retry, or skip the rest of the watch");
            }
        }
        return Workflow.newContinueAsNewStub(WatchWorkflow.class).watch(order.with(seen));
    }

    /** A tenth of a short soak; more often at first, and while it fails. */
    static Duration interval(Order order, Instant now, boolean fails) {
        boolean later = now.isAfter(order.until().minus(order.period()).plus(FIRST));
        Duration longest = fails ? DOUBT : later ? LATER : AT_FIRST;
        Duration tenth = Durations.shorter(order.period().dividedBy(10), longest);
        return tenth.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : tenth;
    }
}
