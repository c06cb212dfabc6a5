package dev.godwit.activities.checks;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Pause;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.Answer;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.FailureType;
import dev.godwit.workflows.activity.Inspect;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.ServiceChecks;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Step.CheckService;
import dev.godwit.workflows.plan.Step.CompareAnswers;
import dev.godwit.workflows.plan.Step.Soak;
import dev.godwit.workflows.spec.HostSpec;
import dev.godwit.workflows.spec.HttpCheck;
import dev.godwit.workflows.spec.Side;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks over HTTP and HTTPS, from the machine on which the worker runs. */
public final class HttpServiceChecks implements ServiceChecks {
    /** Questions that fill the target's caches before its answer is measured. */
    private static final int WARMING = 3;

    private static final Duration WARMING_TIME = Duration.ofSeconds(10);

    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(30);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);
    private static final Duration TOLERATED = Duration.ofMinutes(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private final AddressedClient client;

    /**
     * @param client verifies certificates: a check passes only where the certificate is good
     */
    public HttpServiceChecks(AddressedClient client) {
        this.client = client;
    }

    @Override
    public Inspection inspectChecks(Inspect request) {
        HostSpec source = request.spec().source();
        List<Finding> findings = new ArrayList<>();
        if (request.spec().checks().isEmpty()) {
            findings.add(Finding.warning(
                    "checks-none",
                    "/checks",
                    "Expected at least one check, but found none: Godwit cannot tell whether the service works",
                    "add a check such as { get: https://" + request.spec().service() + "/health }"));
        }
        for (int index = 0; index < request.spec().checks().size(); index++) {
            Verdict verdict = ask(source.address(), request.spec().checks().get(index));
            findings.add(finding("/checks/" + index, verdict));
        }
        return new Inspection(findings, Facts.NONE);
    }

    private static Finding finding(String where, Verdict verdict) {
        if (verdict.problem() != null) {
            return Finding.blocker(
                    "check-fails",
                    where,
                    "The check does not pass on the source now. " + verdict.problem(),
                    "correct the check, or mend the service before it moves; a certificate of an authority of your own"
                            + " needs the worker's setting checks.ca-file");
        }
        Answer answer = Objects.requireNonNull(verdict.answer());
        return Finding.note(
                "check-passes",
                where,
                "The source answers " + verdict.check().get() + " in "
                        + answer.latency().toMillis() + " ms",
                "");
    }

    @Override
    public Outcome checkService(Act<CheckService> request) {
        Side side = request.step().on();
        String address = request.migration().host(side).address();
        List<Verdict> verdicts = request.step().checks().stream()
                .map(check -> ask(address, check))
                .toList();
        refuseFailed(side, verdicts);
        return Outcome.of(verdicts.size() + (verdicts.size() == 1 ? " check passes" : " checks pass") + " at the "
                + side.word() + "'s address" + latencies(verdicts));
    }

    private static void refuseFailed(Side side, List<Verdict> verdicts) {
        String problems =
                verdicts.stream().map(Verdict::problem).filter(Objects::nonNull).collect(Collectors.joining("; "));
        if (!problems.isEmpty()) {
            throw FailureType.CHECK_FAILED.because(problems + "; look at the service on the " + side.word());
        }
    }

    private static String latencies(List<Verdict> verdicts) {
        return verdicts.stream()
                .map(verdict -> verdict.check().get().getPath() + " in "
                        + Objects.requireNonNull(verdict.answer()).latency().toMillis() + " ms")
                .collect(Collectors.joining(", ", ": ", ""));
    }

    @Override
    public Outcome compareAnswers(Act<CompareAnswers> request) {
        List<HttpCheck> checks = request.step().checks();
        String source = request.migration().source().address();
        String target = request.migration().target().address();
        long warm = System.nanoTime() + WARMING_TIME.toNanos();
        for (int round = 0; round < WARMING && System.nanoTime() - warm < 0; round++) {
            checks.forEach(check -> ask(target, check));
        }
        List<Verdict> there = checks.stream().map(check -> ask(target, check)).toList();
        refuseFailed(Side.TARGET, there);
        List<Verdict> here = checks.stream().map(check -> ask(source, check)).toList();
        refuseFailed(Side.SOURCE, here);
        List<String> words = new ArrayList<>();
        for (int index = 0; index < checks.size(); index++) {
            words.add(Comparison.of(
                            checks.get(index).get().getPath(),
                            Objects.requireNonNull(here.get(index).answer()),
                            Objects.requireNonNull(there.get(index).answer()))
                    .words());
        }
        return Outcome.of("Both sides answer the checks: " + String.join("; ", words));
    }

    /**
     * Asks all checks of the target until the period has passed since the step was first scheduled, however many
     * workers it takes. A short failure is counted and forgiven: an application may be restarted.
     */
    @Override
    public Outcome watchService(Act<Soak> request) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        Duration period = request.step().period();
        Instant end =
                Instant.ofEpochMilli(context.getInfo().getScheduledTimestamp()).plus(period);
        Duration tolerated = Durations.shorter(period, TOLERATED);
        Watching watching = context.getHeartbeatDetails(Watching.class).orElse(Watching.START);
        String address = request.migration().target().address();
        while (true) {
            Instant began = Instant.now();
            String problem = firstProblem(address, request.step().checks());
            watching = watching.round(problem, began);
            context.heartbeat(watching);
            switch (watching.next(Instant.now(), end, tolerated)) {
                case GO_ON -> {}
                case DONE -> {
                    return Outcome.of("Watched for " + Durations.format(period) + ": asked " + watching.asked()
                            + " times, failed " + watching.failed() + " times");
                }
                case DOWN ->
                    throw FailureType.CHECK_FAILED.because(problem + ", without a break since "
                            + watching.failingSince() + "; asked " + watching.asked() + " times, failed "
                            + watching.failed() + " times; look at the service on the target, then retry, or skip the"
                            + " rest of the watch");
            }
            Instant next = Instant.now().plus(interval(period));
            while (Instant.now().isBefore(next)) {
                Pause.of(
                        Durations.shorter(HEARTBEAT, Duration.between(Instant.now(), next)),
                        FailureType.CHECK_FAILED,
                        "to watch the service",
                        "the next attempt goes on watching");
                context.heartbeat(watching);
            }
        }
    }

    private @Nullable String firstProblem(String address, List<HttpCheck> checks) {
        return checks.stream()
                .map(check -> Verdict.ask(client, address, check).problem())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    static Duration interval(Duration period) {
        Duration tenth = Durations.shorter(period.dividedBy(10), LONGEST_INTERVAL);
        return tenth.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : tenth;
    }

    private Verdict ask(String address, HttpCheck check) {
        Heartbeat.of("asking " + check.get());
        return Verdict.ask(client, address, check);
    }
}
