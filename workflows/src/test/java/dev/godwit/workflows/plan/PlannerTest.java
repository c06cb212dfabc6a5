package dev.godwit.workflows.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.Specs;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlannerTest {
    @Test
    void shouldPlanTheWholeChecklist() {
        assertThat(ids(Specs.shop()))
                .containsExactly(
                        "lower-ttl",
                        "link-hosts",
                        "copy-certificates",
                        "install-site",
                        "copy-files-first-uploads",
                        "copy-database-first-shop",
                        "rehearse-start",
                        "rehearse-compare",
                        "rehearse-stop",
                        "wait-out-ttl",
                        "await-approval",
                        "stop-jobs",
                        "remove-crontabs",
                        "copy-files-live-uploads",
                        "hook-1",
                        "serve-page",
                        "drain-requests",
                        "stop-service",
                        "fence-database-shop",
                        "copy-database-final-shop",
                        "copy-files-final-uploads",
                        "set-sequences-shop",
                        "verify-database-shop",
                        "verify-files-uploads",
                        "start-service",
                        "check-target",
                        "forward-requests",
                        "check-forwarded",
                        "start-jobs",
                        "install-crontabs",
                        "point-dns",
                        "soak",
                        "restore-ttl",
                        "retire-units",
                        "unlink-hosts",
                        "clean-up");
    }

    @Test
    void shouldLeaveOutWhatTheSpecDoesNotName() {
        Spec shop = Specs.shop(Gates.Cutover.NONE);
        Spec bare = new Spec(
                shop.service(),
                shop.source(),
                shop.target(),
                List.of(),
                List.of(),
                List.of(),
                Jobs.NONE,
                shop.proxy(),
                null,
                TlsSpec.NONE,
                shop.checks(),
                List.of(),
                shop.rehearsal(),
                shop.gates(),
                shop.budget(),
                shop.soak());

        assertThat(Planner.plan(bare, Facts.NONE).steps())
                .extracting(PlannedStep::id)
                .containsExactly(
                        "link-hosts",
                        "install-site",
                        "rehearse-compare",
                        "serve-page",
                        "drain-requests",
                        "check-target",
                        "forward-requests",
                        "check-forwarded",
                        "soak",
                        "unlink-hosts",
                        "clean-up");
    }

    @Test
    void shouldHaveOnePivotAndNothingToUndoAfterTheSoak() {
        Plan plan = Planner.plan(Specs.shop(), Specs.facts());

        assertThat(plan.steps().stream().filter(PlannedStep::isPivot)).hasSize(1);
        assertThat(plan.steps().get(plan.pivot()).step().effect()).isEqualTo(Effect.PIVOT);
        assertThat(plan.steps().stream()
                        .filter(step -> step.phase() == Phase.FINISH)
                        .map(step -> step.step().undo()))
                .containsOnlyNulls();
    }

    @Test
    void shouldStopWhatItStartsOnTheOtherSideFirst() {
        List<String> ids = ids(Specs.shop());

        assertThat(ids.indexOf("stop-jobs")).isLessThan(ids.indexOf("start-jobs"));
        assertThat(ids.indexOf("remove-crontabs")).isLessThan(ids.indexOf("install-crontabs"));
        assertThat(ids.indexOf("stop-service")).isLessThan(ids.indexOf("fence-database-shop"));
        assertThat(ids.indexOf("fence-database-shop")).isLessThan(ids.indexOf("copy-database-final-shop"));
    }

    @Test
    void shouldGiveTheSamePlanForTheSameInput() {
        assertThat(Planner.plan(Specs.shop(), Specs.facts())).isEqualTo(Planner.plan(Specs.shop(), Specs.facts()));
    }

    @Test
    void shouldKeepItsHashWhenOnlySizesChangeAndChangeItWhenTheSchemaOrTheSiteDoes() {
        String hash = Planner.plan(Specs.shop(), Specs.facts()).hash();

        assertThat(Planner.plan(Specs.shop(), with(2_000_000_000, "abc")).hash())
                .isEqualTo(hash);
        assertThat(Planner.plan(Specs.shop(), with(1_000_000_000, "other")).hash())
                .isNotEqualTo(hash);
        Facts site = new Facts(
                Specs.facts().databases(),
                Specs.facts().trees(),
                Specs.facts().dns(),
                new ProxyFacts("another site", false));
        assertThat(Planner.plan(Specs.shop(), site).hash()).isNotEqualTo(hash);
        assertThat(Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).hash())
                .isNotEqualTo(hash);
    }

    /** A plan that was reviewed before an upgrade can be started after it. */
    @Test
    void shouldKeepItsHashFromVersionToVersion() {
        assertThat(Planner.plan(Specs.shop(), Specs.facts()).hash())
                .as("the plan's hash; if the change is meant, put the new one here")
                .isEqualTo("aac19ff2d9854bda79710b1efcbf59db06095c3de21caf780c754ce8fde6253c");
    }

    @Test
    void shouldPredictAnOutageThatGrowsWithTheDatabase() {
        Duration small = Planner.plan(Specs.shop(), with(100_000_000, "abc")).outage(PlannedStep::estimate);
        Duration large =
                Planner.plan(Specs.shop(), with(10_000_000_000L, "abc")).outage(PlannedStep::estimate);

        assertThat(small).isPositive();
        assertThat(large).isGreaterThan(small.multipliedBy(10));
    }

    @Test
    void shouldPutAHookBeforeOrAfterTheStepsThatItNames() {
        List<String> ids = Planner.plan(
                        withHooks(
                                hook(Phase.CUTOVER, null, "stop-service"),
                                hook(Phase.PREPARE, "copy-database-first-shop", null),
                                hook(Phase.FINISH, null, null)),
                        Specs.facts())
                .steps()
                .stream()
                .map(PlannedStep::id)
                .toList();

        assertThat(ids).containsSubsequence("hook-2", "copy-database-first-shop");
        assertThat(ids.indexOf("hook-1")).isEqualTo(ids.indexOf("stop-service") + 1);
        assertThat(ids).last().isEqualTo("hook-3");
    }

    @Test
    void shouldKeepTheSpecsOrderOfHooksInOnePlace() {
        List<String> ids = ids(withHooks(
                hook(Phase.CUTOVER, null, "stop-service"),
                hook(Phase.CUTOVER, null, "stop-service"),
                hook(Phase.CUTOVER, "serve-page", null),
                hook(Phase.CUTOVER, "serve-page", null)));

        assertThat(ids).containsSequence("hook-3", "hook-4", "serve-page");
        assertThat(ids).containsSequence("stop-service", "hook-1", "hook-2");
    }

    /** A hook before the service's stop stays behind the page, whatever else is stopped before it. */
    @Test
    void shouldPlaceAHookByTheIdOfItsStepAlone() {
        List<String> ids = ids(withHooks(hook(Phase.CUTOVER, "stop-service", null)));

        assertThat(ids).containsSubsequence("stop-jobs", "serve-page").containsSequence("hook-1", "stop-service");
    }

    @Test
    void shouldRunTogetherWhatDoesNotWaitForEachOther() {
        assertThat(stages(Specs.shop()))
                .filteredOn(stage -> stage.size() > 1)
                .containsExactly(
                        List.of("copy-database-final-shop", "copy-files-final-uploads"),
                        List.of("verify-database-shop", "verify-files-uploads"));
        assertThat(Planner.plan(Specs.shop(), Specs.facts()).stages())
                .extracting(Stage::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, stages(Specs.shop()).size())
                                .boxed()
                                .toList());
    }

    @Test
    void shouldPlaceAHookBesideAStageAsAWhole() {
        assertThat(stages(withHooks(
                        hook(Phase.CUTOVER, "copy-files-final-uploads", null),
                        hook(Phase.CUTOVER, null, "copy-database-final-shop"))))
                .containsSequence(
                        List.of("hook-1"),
                        List.of("copy-database-final-shop", "copy-files-final-uploads"),
                        List.of("hook-2"));
    }

    @Test
    void shouldCountAStageInTheOutageAsItsLongestStep() {
        Plan plan = Planner.plan(Specs.shop(), Specs.facts());

        assertThat(plan.outage(step -> switch (step.id()) {
                    case "copy-database-final-shop" -> Duration.ofSeconds(50);
                    case "copy-files-final-uploads" -> Duration.ofSeconds(30);
                    case "serve-page", "forward-requests" -> Duration.ofSeconds(1);
                    default -> Duration.ZERO;
                }))
                .isEqualTo(Duration.ofSeconds(52));
    }

    private static List<List<String>> stages(Spec spec) {
        return Planner.plan(spec, Specs.facts()).stages().stream()
                .map(stage -> stage.steps().stream().map(PlannedStep::id).toList())
                .toList();
    }

    @Test
    void shouldSayInWordsWhatEveryStepDoes() {
        assertThat(Planner.plan(Specs.shop(), Specs.facts()).steps()).allSatisfy(planned -> {
            assertThat(planned.step().does()).isNotBlank();
            assertThat(planned.step().undo()).isNotEqualTo("");
        });
    }

    @Test
    void shouldSurviveItsJson() {
        Plan plan = Planner.plan(Specs.shop(), Specs.facts());

        String json = GodwitJson.write(plan);

        assertThat(GodwitJson.read(json, Plan.class)).isEqualTo(plan);
    }

    private static List<String> ids(Spec spec) {
        return Planner.plan(spec, Specs.facts()).steps().stream()
                .map(PlannedStep::id)
                .toList();
    }

    private static Facts with(long bytes, String fingerprint) {
        Facts facts = Specs.facts();
        return new Facts(
                List.of(new DatabaseFacts("shop", "15.18", bytes, 20, fingerprint)),
                facts.trees(),
                facts.dns(),
                facts.proxy());
    }

    private static Spec withHooks(Hook... hooks) {
        return Specs.shop(Gates.Cutover.APPROVAL, List.of(hooks), Budget.DEFAULT);
    }

    private static Hook hook(Phase phase, @Nullable String before, @Nullable String after) {
        return Specs.hook(phase, before, after, null);
    }
}
