package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.json.Kinds;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Step;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a person may decide about each kind of step, before the pivot and after it. */
class ChoicesTest {
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("link-hosts", "RETRY ROLL_BACK | -"),
            Map.entry("lower-ttl", "RETRY ROLL_BACK | -"),
            Map.entry("copy-certificates", "RETRY ROLL_BACK | -"),
            Map.entry("install-site", "RETRY ROLL_BACK | -"),
            Map.entry("copy-files", "RETRY ROLL_BACK | -"),
            Map.entry("verify-files", "RETRY ROLL_BACK | -"),
            Map.entry("copy-database", "RETRY ROLL_BACK | -"),
            Map.entry("set-sequences", "RETRY ROLL_BACK | -"),
            Map.entry("verify-database", "RETRY ROLL_BACK | -"),
            Map.entry("fence-database", "RETRY ROLL_BACK | -"),
            Map.entry("start-units", "RETRY ROLL_BACK | RETRY"),
            Map.entry("stop-units", "RETRY ROLL_BACK | -"),
            Map.entry("remove-crontabs", "RETRY ROLL_BACK | -"),
            Map.entry("compare-answers", "RETRY SKIP ROLL_BACK | -"),
            Map.entry("serve-page", "RETRY ROLL_BACK | -"),
            Map.entry("drain-requests", "RETRY ROLL_BACK | -"),
            Map.entry("forward-requests", "RETRY ROLL_BACK | -"),
            Map.entry("keep-budget", "RETRY ROLL_BACK | -"),
            Map.entry("check-service", "RETRY ROLL_BACK | RETRY SKIP"),
            Map.entry("install-crontabs", "- | RETRY SKIP"),
            Map.entry("point-dns", "- | RETRY"),
            Map.entry("soak", "- | RETRY SKIP"),
            Map.entry("restore-ttl", "- | RETRY SKIP"),
            Map.entry("retire-units", "- | RETRY SKIP"),
            Map.entry("unlink-hosts", "- | RETRY SKIP"),
            Map.entry("clean-up", "- | RETRY SKIP"),
            Map.entry("run-hook", "RETRY SKIP ROLL_BACK | RETRY SKIP"),
            // Nothing fails at these two.
            Map.entry("await-approval", "RETRY ROLL_BACK | -"),
            Map.entry("wait-out-ttl", "RETRY SKIP ROLL_BACK | -"));

    @Test
    void shouldOfferTheSameForEveryKindOfStep() {
        Map<String, String> found = Kinds.steps().stream()
                .collect(Collectors.toMap(Kinds::name, kind -> choices(kind, false) + " | " + choices(kind, true)));

        assertThat(found).containsExactlyInAnyOrderEntriesOf(EXPECTED);
    }

    @Test
    void shouldLetNobodySkipAHookThatIsMoreThanACommand() {
        for (Hook.Effect effect : Hook.Effect.values()) {
            Step hook = new RunHook(Side.SOURCE, "run", null, Duration.ofMinutes(1), effect);
            assertThat(FailurePolicy.choices(hook.skippable(), false).contains(Choice.SKIP))
                    .as(effect.name())
                    .isEqualTo(effect == Hook.Effect.NONE);
        }
    }

    private static String choices(Class<?> kind, boolean pastPivot) {
        return Place.all()
                .filter(place -> kind.isInstance(place.planned().step()) && place.isPastPivot() == pastPivot)
                .map(Place::planned)
                .findFirst()
                .map(planned -> words(planned, pastPivot))
                .orElse("-");
    }

    private static String words(PlannedStep planned, boolean pastPivot) {
        return FailurePolicy.choices(planned.step().skippable(), pastPivot).stream()
                .map(Choice::name)
                .collect(Collectors.joining(" "));
    }
}
