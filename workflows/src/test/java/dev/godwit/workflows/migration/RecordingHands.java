package dev.godwit.workflows.migration;

import dev.godwit.workflows.certificates.Certificates;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.crontabs.Crontabs;
import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseFence;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.dns.DnsRecords;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.hooks.Hooks;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.link.HostLink;
import dev.godwit.workflows.link.Reach;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.units.ServiceUnits;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands that move nothing: they write down what was asked of them, and fail or hang where a test says so. */
final class RecordingHands {
    /** Before a time-out, in real time. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(50);

    private static final Class<?>[] SYSTEMS = {
        ServerInspection.class,
        HostLink.class,
        FileSync.class,
        Certificates.class,
        DatabaseCopy.class,
        DatabaseFence.class,
        ServiceUnits.class,
        Crontabs.class,
        ProxyRouting.class,
        DnsRecords.class,
        ServiceChecks.class,
        Hooks.class
    };

    private final List<String> asked = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final Set<String> hopeless = ConcurrentHashMap.newKeySet();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final Map<String, TestWorkflowEnvironment> late = new ConcurrentHashMap<>();
    private final Map<String, TestWorkflowEnvironment> alwaysLate = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> lateUntil = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> hangs = new ConcurrentHashMap<>();
    private final Map<String, Hold> holds = new ConcurrentHashMap<>();
    private final AtomicInteger heldUp = new AtomicInteger();
    private final List<Finding> findings = new ArrayList<>();

    /** Fails a call, such as {@code act stop-service}, this many times; with -1 until it is mended. */
    void fail(String call, int times) {
        failures.put(call, times);
    }

    /** Fails a call until it is mended, in a way that no retry can heal. */
    void failForGood(String call) {
        hopeless.add(call);
    }

    /** Fails a call until it is mended, because its server cannot be reached. */
    void loseServerOf(String call) {
        gone.add(call);
    }

    /** Stops failing. */
    void mend(String call) {
        failures.remove(call);
        hopeless.remove(call);
        gone.remove(call);
        alwaysLate.remove(call);
        askedAgain(call);
    }

    /** Lets an undo find that visitors could reach the target. */
    void targetServedBefore(String call) {
        served.add(call);
    }

    /** Lets a call succeed once without a heartbeat, and answer only after it has been asked again. */
    void timeOut(String call, TestWorkflowEnvironment engine) {
        late.put(call, engine);
    }

    /** Lets every attempt of a call go on without a heartbeat, until it is asked again or mended. */
    void timeOutAlways(String call, TestWorkflowEnvironment engine) {
        alwaysLate.put(call, engine);
    }

    /** Lets a call take until the test lets go, and succeed then, cancelled or not. */
    Hold hold(String call) {
        Hold hold = new Hold(new CountDownLatch(1), new CountDownLatch(1));
        holds.put(call, hold);
        return hold;
    }

    /** A call that takes as long as a test wants. */
    record Hold(CountDownLatch begun, CountDownLatch released) {
        void awaitBegin() throws InterruptedException {
            begun.await();
        }

        void letGo() {
            released.countDown();
        }
    }

    /** Lets a call hang until it is cancelled; the latch opens when it hangs. */
    CountDownLatch hang(String call) {
        CountDownLatch hangsNow = new CountDownLatch(1);
        hangs.put(call, hangsNow);
        return hangsNow;
    }

    void find(Finding finding) {
        findings.add(finding);
    }

    /** Whether a call is at work, so that the engine skips no time. */
    boolean areHeldUp() {
        return heldUp.get() > 0;
    }

    /** Every attempt of a call, whatever became of it. */
    synchronized long attempts(String call) {
        return asked.stream().filter(call::equals).count();
    }

    /** Every attempt, whatever became of it, in order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** What was asked and succeeded, such as {@code act stop-service}, in order. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** The calls of one kind, without their kind. */
    List<String> calls(String kind) {
        return calls().stream()
                .filter(call -> call.startsWith(kind + " "))
                .map(call -> call.substring(kind.length() + 1))
                .toList();
    }

    private Outcome answer(String call) {
        synchronized (this) {
            asked.add(call);
        }
        askedAgain(call);
        Hold hold = holds.remove(call);
        CountDownLatch hangsNow = hangs.remove(call);
        heldUp.incrementAndGet();
        try {
            if (hold != null) {
                hold.begun().countDown();
                await(hold.released());
            }
            if (hangsNow != null) {
                hangUntilCancelled(hangsNow);
            }
        } finally {
            heldUp.decrementAndGet();
        }
        int attempt = Activity.getExecutionContext().getInfo().getAttempt();
        if (failsNow(call)) {
            throw failure(FailureType.COMMAND_FAILED, call, attempt);
        }
        if (hopeless.contains(call)) {
            throw failure(FailureType.SPEC_MISMATCH, call, attempt);
        }
        if (gone.contains(call)) {
            throw failure(FailureType.HOST_UNREACHABLE, call, attempt);
        }
        synchronized (this) {
            calls.add(call);
        }
        TestWorkflowEnvironment once = late.remove(call);
        TestWorkflowEnvironment engine = once == null ? alwaysLate.get(call) : once;
        if (engine != null) {
            CountDownLatch askedAgain = new CountDownLatch(1);
            lateUntil.put(call, askedAgain);
            skipToLastMoment(engine);
            await(askedAgain);
        }
        return (served.contains(call) ? Outcome.afterTargetServed(call) : Outcome.of(call)).withAttempt(attempt);
    }

    private void askedAgain(String call) {
        CountDownLatch awaited = lateUntil.remove(call);
        if (awaited != null) {
            awaited.countDown();
        }
    }

    /**
     * The engine in memory skips no time while an activity runs, unless the activity itself asks for it; and if it still
     * asks when its time-out comes, the engine loses count of who holds the clock. So the last moment passes in real time.
     */
    private static void skipToLastMoment(TestWorkflowEnvironment engine) {
        engine.sleep(
                Activity.getExecutionContext().getInfo().getHeartbeatTimeout().minus(LAST_MOMENT));
    }

    private static ApplicationFailure failure(FailureType type, String call, int attempt) {
        return FailureType.inAttempt(
                type.because("Expected " + call + " to work, but the test said fail; mend it"), attempt);
    }

    private synchronized boolean failsNow(String call) {
        int left = failures.getOrDefault(call, 0);
        failures.put(call, left > 0 ? left - 1 : left);
        return left != 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw ApplicationFailure.newFailure("interrupted", "TEST");
        }
    }

    private static void hangUntilCancelled(CountDownLatch hangsNow) {
        CountDownLatch never = new CountDownLatch(1);
        hangsNow.countDown();
        try {
            while (!never.await(50, TimeUnit.MILLISECONDS)) {
                Activity.getExecutionContext().heartbeat(null);
            }
        } catch (ActivityCompletionException cancelled) {
            throw cancelled;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw ApplicationFailure.newFailure("interrupted", "TEST");
        }
    }

    /** One object for every system, to register with a worker. */
    Object activities() {
        return Proxy.newProxyInstance(RecordingHands.class.getClassLoader(), SYSTEMS, this::invoke);
    }

    private Object invoke(Object proxy, Method method, Object... arguments) throws ReflectiveOperationException {
        return method.getDeclaringClass() == Object.class
                ? method.invoke(this, arguments)
                : answer(method.getName(), arguments[0]);
    }

    private Object answer(String method, Object request) {
        return switch (request) {
            case Object _
            when method.startsWith("inspect") ->
                inspect(method.substring("inspect".length()).toLowerCase(Locale.ROOT));
            case Reach reach -> answer("reach " + reach.side().word());
            case Watched _ -> {
                answer("act soak");
                yield new Sighting(null);
            }
            case Look<?> look -> {
                answer("look " + look.stepId());
                yield BeforeImage.NOTHING;
            }
            case Act<?> act -> answer("act " + act.stepId());
            case Undo<?> undo -> answer("undo " + undo.stepId());
            case LossQuestion _ -> {
                answer("estimate loss");
                yield new Loss(1000, "orders 1000");
            }
            default ->
                throw new IllegalArgumentException("Expected a request that is known here, but found " + request);
        };
    }

    private Inspection<?> inspect(String system) {
        answer("inspect " + system);
        Facts facts = Specs.facts();
        return switch (system) {
            case "servers" -> Inspection.of(findings);
            case "databases" -> new Inspection<>(List.of(), facts.databases());
            case "trees" -> new Inspection<>(List.of(), facts.trees());
            case "dns" -> new Inspection<>(List.of(), facts.dns());
            case "proxy" -> new Inspection<>(List.of(), facts.proxy());
            default -> Inspection.of(List.of());
        };
    }
}
