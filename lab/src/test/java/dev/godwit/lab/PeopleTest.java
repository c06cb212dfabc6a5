package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecReader;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * People who say a thing a hundred times, too early, too late, or about something else, to a migration of a live site:
 * what fits counts once, the rest is refused, and the site never notices.
 */
class PeopleTest extends LabTest {
    private static final Duration SOAK = Duration.ofMinutes(15);
    private static final Duration STRETCH = Duration.ofMinutes(5);
    private static final int CROWD = 20;
    private static final String VERIFY = "verify-database-shop";

    @Test
    void shouldDoOnceWhatFitsAndRefuseTheRest() throws Exception {
        try (LabSession session = open(Rows.SMALL, Map.of(Breakpoints.PROPERTY, "true"))) {
            GodwitApi api = session.api();
            Ground before = Ground.record(session);
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            new Mover(session, terminal).startTraffic();
            String yaml = DemoSpec.yaml(session.environment(), SOAK, Budget.DEFAULT.decision());
            JsonNode spec = SpecReader.tree(yaml, SpecReader.Format.YAML);
            PlanView plan = api.plan(yaml);
            Breakpoint verify = new Breakpoint(VERIFY, Breakpoint.Moment.BEFORE);
            breakpoints.set(verify);

            String id = aHundredStarts(api, spec, plan);
            at(api, id, view -> Mover.waitsFor(view, Waiting.For.APPROVAL));
            doesNotFit(() -> api.finish(id, "before the pivot"));
            doesNotFit(() -> api.approve(id, "0".repeat(64), "another plan"));
            doesNotFit(() -> api.decide(id, VERIFY, "retry", "nothing waits for it"));

            assertThat(accepted(CROWD, () -> api.pause(id, "for a day"))).hasSize(1);
            assertThat(accepted(CROWD, () -> api.approve(id, plan.plan(), "twice")))
                    .hasSize(1);
            MigrationView paused = at(api, id, view -> Mover.waitsFor(view, Waiting.For.RESUME));
            assertThat(paused.steps())
                    .filteredOn(step -> step.phase() == Phase.CUTOVER)
                    .allMatch(step -> step.state() == StepState.PENDING);
            assertThat(accepted(CROWD, () -> api.resume(id, "the day is over"))).hasSize(1);

            assertThat(Await.until(STRETCH, Duration.ofMillis(100), () -> breakpoints.isReached(verify)))
                    .as("%s is reached", VERIFY)
                    .isTrue();
            doesNotFit(() -> api.approve(id, plan.plan(), "once more"));
            doesNotFit(() -> api.pause(id, "while the page is up"));
            assertThat(accepted(CROWD, () -> api.rollBack(id, false, "a crowd goes back")))
                    .hasSize(1);
            breakpoints.clear();
            MigrationView end = at(api, id, view -> view.outcome() != null);
            doesNotFit(() -> api.rollBack(id, false, "it is over"));
            // The comparison may be over before it hears that it is to stop; the page is taken back in any case.
            assertPassed(end, new RollBackAudit(session, before, end, "serve-page", "a crowd goes back").checks());
        }
    }

    /** The same call a hundred times is one migration; another call meanwhile is refused. */
    private static String aHundredStarts(GodwitApi api, JsonNode spec, PlanView plan) throws Exception {
        List<MigrationView> started =
                accepted(100, () -> api.start(spec, plan.plan(), "the-same-key", "a crowd moves"));
        assertThat(started)
                .hasSize(100)
                .extracting(MigrationView::id)
                .containsOnly(started.getFirst().id());
        assertThatThrownBy(() -> api.start(spec, plan.plan(), "another-key", "one more"))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused ->
                                assertThat(refused.problem().type()).asString().endsWith("service-already-moving"));
        return started.getFirst().id();
    }

    private static MigrationView at(GodwitApi api, String id, Predicate<MigrationView> condition) throws Exception {
        return api.follow(id, STRETCH, view -> {}, condition);
    }

    private static void doesNotFit(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ApiException.class, PeopleTest::doesNotFit);
    }

    private static void doesNotFit(ApiException refused) {
        assertThat(refused.problem().status()).as(refused.getMessage()).isEqualTo(409);
        assertThat(refused.problem().type()).asString().endsWith("call-does-not-fit");
    }

    /** Calls many times at once; the answers to those that were not refused. */
    private static List<MigrationView> accepted(int times, Callable<MigrationView> call) throws Exception {
        CountDownLatch together = new CountDownLatch(times);
        List<MigrationView> answers = new ArrayList<>();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<MigrationView>> calls = IntStream.range(0, times)
                    .mapToObj(number -> people.submit(() -> {
                        together.countDown();
                        together.await();
                        return call.call();
                    }))
                    .toList();
            for (Future<MigrationView> each : calls) {
                try {
                    answers.add(each.get());
                } catch (ExecutionException e) {
                    assertThat(e).cause().isInstanceOfSatisfying(ApiException.class, PeopleTest::doesNotFit);
                }
            }
        }
        return answers;
    }
}
