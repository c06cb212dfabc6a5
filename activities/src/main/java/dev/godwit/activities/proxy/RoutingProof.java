package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Pause;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.AddressedClient.NoAnswer;
import dev.godwit.activities.http.Answer;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Proves which configuration answers, by what comes back and not by an exit code: at every place where the server
 * listens, on one fresh connection and then on {@value #AT_ONCE} at once, which reach several workers: none of an older
 * configuration can hide among new ones.
 */
final class RoutingProof {
    private static final int AT_ONCE = 10;
    private static final String PROOF = "a proof of what the proxy server answers";
    private static final Duration POLL = Duration.ofMillis(25);
    /** Either the connection failed, or the target's own proxy found nobody: in both cases nobody is served. */
    private static final Set<Integer> TARGET_NOT_REACHED = Set.of(502, 504);

    private final AddressedClient client;
    private final Duration bound;

    /**
     * @param client takes any certificate: the checks are there to judge those
     * @param bound how long the proof may take to come
     */
    RoutingProof(AddressedClient client, Duration bound) {
        this.client = client;
        this.bound = bound;
    }

    /** What an answer must show. */
    private interface Expectation {
        /** What was found instead; empty if the answer is as expected. */
        Optional<String> mismatch(Answer answer, Endpoint endpoint);
    }

    /** Every request gets the maintenance page with this nonce. */
    void page(Places places, String nonce) {
        await(places, "the maintenance page with the nonce " + nonce, expectPage(nonce));
    }

    /** Whether the page is there already. */
    boolean showsPage(Places places, String nonce) {
        return mismatch(places, expectPage(nonce)).isEmpty();
    }

    private static Expectation expectPage(String nonce) {
        return (answer, endpoint) -> nonceMismatch(answer, nonce)
                .or(() -> answer.status() == 503 ? Optional.empty() : Optional.of("status " + answer.status()));
    }

    /** The probe, which no visitor sends, passes the page and is answered by the server at the target's address. */
    void probe(Places places, DerivedSite page, String target) {
        await(
                places,
                "answers of " + target + " to a probe through the page",
                expectForward(page.nonce(), target),
                new Answer.Header(DerivedSite.PROBE_HEADER, page.probe()));
    }

    /** Every request is answered by the server at the target's address. */
    void forward(Places places, String nonce, String target) {
        await(places, "answers of " + target + " with the nonce " + nonce, expectForward(nonce, target));
    }

    /** Whether requests are forwarded already. */
    boolean showsForward(Places places, String nonce, String target) {
        return mismatch(places, expectForward(nonce, target)).isEmpty();
    }

    private static Expectation expectForward(String nonce, String target) {
        return (answer, endpoint) -> nonceMismatch(answer, nonce).or(() -> {
            String expected = Endpoint.bracketed(target) + ":" + endpoint.port();
            // A list where a kept connection was closed and another one was tried; the last one answered.
            String upstream =
                    answer.header(DerivedSite.UPSTREAM_HEADER).orElse("nobody").replaceFirst("^.*, ", "");
            if (!upstream.equals(expected)) {
                return Optional.of("an answer of " + upstream);
            }
            return TARGET_NOT_REACHED.contains(answer.status())
                    ? Optional.of("status " + answer.status() + ", so " + expected
                            + " is not reached, or has no application behind it")
                    : Optional.empty();
        });
    }

    /** No answer comes from a configuration of Godwit's any more. */
    void gone(Places places) {
        await(places, "answers of the site's own configuration", RoutingProof::ours);
    }

    /** Whether no answer comes from a configuration of Godwit's. */
    boolean showsNothingOfOurs(Places places) {
        return mismatch(places, RoutingProof::ours).isEmpty();
    }

    private static Optional<String> ours(Answer answer, Endpoint endpoint) {
        return answer.header(DerivedSite.NONCE_HEADER).map(nonce -> "Godwit's nonce " + nonce);
    }

    private static Optional<String> nonceMismatch(Answer answer, String nonce) {
        Optional<String> found = answer.header(DerivedSite.NONCE_HEADER);
        return found.equals(Optional.of(nonce))
                ? Optional.empty()
                : Optional.of(found.map(other -> "the nonce " + other)
                        .orElse("status " + answer.status() + " without a nonce"));
    }

    /** Asks until every answer is as expected; the headers are what the questions carry. */
    private void await(Places places, String expected, Expectation expectation, Answer.Header... headers) {
        long end = System.nanoTime() + bound.toNanos();
        while (true) {
            Optional<String> mismatch = mismatch(places, expectation, headers);
            if (mismatch.isEmpty()) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                throw FailureType.PROXY_NOT_PROVED.because("Expected " + expected + ", but after " + bound.toSeconds()
                        + " s found " + mismatch.get() + "; see the proxy server's error log");
            }
            Pause.of(POLL, FailureType.PROXY_NOT_PROVED, PROOF, "try again");
        }
    }

    private Optional<String> mismatch(Places places, Expectation expectation, Answer.Header... headers) {
        if (places.asked().stream().noneMatch(Endpoint::inside)) {
            return mismatch(places.asked(), endpoint -> mismatch(client, endpoint, expectation, headers));
        }
        try (AddressedClient inside = client.through(places.server()::connect)) {
            return mismatch(
                    places.asked(),
                    endpoint -> mismatch(endpoint.inside() ? inside : client, endpoint, expectation, headers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> mismatch(List<Endpoint> endpoints, Function<Endpoint, Optional<String>> ask) {
        for (Endpoint endpoint : endpoints) {
            Heartbeat.of("asking " + endpoint + " what the proxy server answers");
            Optional<String> mismatch = ask.apply(endpoint);
            if (mismatch.isPresent()) {
                return mismatch;
            }
        }
        List<Callable<Optional<String>>> questions = endpoints.stream()
                .flatMap(endpoint -> Collections.nCopies(AT_ONCE, endpoint).stream())
                .map(endpoint -> (Callable<Optional<String>>) () -> ask.apply(endpoint))
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Optional<String>> question : threads.invokeAll(questions)) {
                if (question.get().isPresent()) {
                    return question.get();
                }
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            throw Pause.stopped(FailureType.PROXY_NOT_PROVED, PROOF, "try again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApplicationFailure unreachable) {
                throw unreachable;
            }
            throw new IllegalStateException("Expected an answer or a reason, but found " + e.getCause(), e);
        }
    }

    private static Optional<String> mismatch(
            AddressedClient client, Endpoint endpoint, Expectation expectation, Answer.Header... headers) {
        try {
            Answer answer = client.get(endpoint.address(), endpoint.url(DerivedSite.PROOF_PATH), headers);
            return expectation.mismatch(answer, endpoint).map(found -> found + " from " + endpoint);
        } catch (NoAnswer e) {
            return Optional.of(e.getMessage() + " from " + endpoint);
        }
    }
}
