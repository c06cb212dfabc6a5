package dev.godwit.activities.checks;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.Answer;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.checks.CheckStep.CheckService;
import dev.godwit.workflows.checks.CheckStep.CompareAnswers;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Checks over HTTP and HTTPS, from the machine on which the worker runs. */
public final class HttpServiceChecks implements ServiceChecks {
    /** Questions that fill the target's caches before its answer is measured. */
    private static final int WARMING = 3;

    private static final Duration WARMING_TIME = Duration.ofSeconds(10);

    private final AddressedClient client;

    /**
     * @param client verifies certificates: a check passes only where the certificate is good
     */
    public HttpServiceChecks(AddressedClient client) {
        this.client = client;
    }

    @Override
    public Inspection<Void> inspectChecks(InspectChecks request) {
        HostSpec source = request.source();
        Findings findings = new Findings();
        if (request.checks().isEmpty()) {
            findings.at("/checks")
                    .warning(
                            "checks-none",
                            "Expected at least one check, but found none: Godwit cannot tell whether the service works",
                            "add a check such as { get: https://" + request.service() + "/health }");
        }
        for (int index = 0; index < request.checks().size(); index++) {
            Verdict verdict = ask(source.address(), request.checks().get(index));
            add(findings.at("/checks/" + index), verdict);
        }
        return findings.alone();
    }

    private static void add(Findings.Place place, Verdict verdict) {
        if (verdict.problem() != null) {
            place.blocker(
                    "check-fails",
                    "The check does not pass on the source now. " + verdict.problem(),
                    "correct the check, or mend the service before it moves; a certificate of an authority of your own"
                            + " needs the worker's setting checks.ca-file");
        } else {
            Answer answer = Objects.requireNonNull(verdict.answer());
            place.note(
                    "check-passes",
                    "The source answers " + verdict.check().get() + " in "
                            + answer.latency().toMillis() + " ms");
        }
    }

    @Override
    public Outcome checkService(Act<CheckService> request) {
        Side side = request.step().on();
        List<Verdict> verdicts =
                askAt(request.step().addresses(), request.step().checks());
        refuseFailed(side, verdicts);
        return Outcome.of(verdicts.size() + (verdicts.size() == 1 ? " check passes" : " checks pass") + " on the "
                + side.word() + ", at " + Words.list(request.step().addresses()) + latencies(verdicts));
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
        List<String> addresses = request.step().addresses();
        String target = addresses.getFirst();
        long warm = System.nanoTime() + WARMING_TIME.toNanos();
        for (int round = 0; round < WARMING && System.nanoTime() - warm < 0; round++) {
            checks.forEach(check -> ask(target, check));
        }
        List<Verdict> there = checks.stream().map(check -> ask(target, check)).toList();
        refuseFailed(Side.TARGET, there);
        refuseFailed(Side.TARGET, askAt(addresses.subList(1, addresses.size()), checks));
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

    @Override
    public Sighting watchService(Watched request) {
        String address = request.migration().target().address();
        return new Sighting(request.checks().stream()
                .map(check -> ask(address, check).problem())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null));
    }

    private List<Verdict> askAt(List<String> addresses, List<HttpCheck> checks) {
        return addresses.stream()
                .flatMap(address -> checks.stream().map(check -> ask(address, check)))
                .toList();
    }

    private Verdict ask(String address, HttpCheck check) {
        Heartbeat.of("asking " + check.get());
        return Verdict.ask(client, address, check);
    }
}
