package dev.godwit.workflows.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.migration.Specs;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Step;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectTest {
    private static final Plan PLAN = Planner.plan(Specs.shop(), Specs.facts());

    @ParameterizedTest
    @CsvSource({
        "COPY, copy-files-first-uploads copy-database-first-shop copy-files-live-uploads copy-database-final-shop"
                + " copy-files-final-uploads",
        "STOPS_SOURCE, stop-jobs stop-service fence-database-shop",
        "PAGE, serve-page",
        "PIVOT, forward-requests"
    })
    void shouldKnowWhatAStepMeans(Effect effect, String steps) {
        assertThat(PLAN.steps().stream()
                        .filter(planned -> planned.step().effect() == effect)
                        .map(PlannedStep::id))
                .containsExactly(steps.split(" "));
    }

    @Test
    void shouldKnowWhatTheSourceNeedsToServeAndWhereVisitorsHaveWritten() {
        assertThat(EnumSet.allOf(Effect.class))
                .filteredOn(Effect::neededToServe)
                .isEqualTo(List.of(Effect.STOPS_SOURCE, Effect.PAGE));
        assertThat(EnumSet.allOf(Effect.class)).filteredOn(Effect::holdsWrites).isEqualTo(List.of(Effect.COPY));
    }

    @ParameterizedTest
    @CsvSource({
        "lower-ttl, point-dns, true",
        "serve-page, forward-requests, true",
        "install-site, serve-page, false", // the site of the other server
        "rehearse-start, start-service, true",
        "rehearse-start, start-jobs, false", // other units
        "rehearse-start, stop-service, false", // the units of the other server
        "remove-crontabs, install-crontabs, false",
        "link-hosts, lower-ttl, false"
    })
    void shouldKnowWhatTheUndoOfAnOlderStepPutsBack(String older, String newer, boolean same) {
        assertThat(((Action) step(older)).putsBack(step(newer))).isEqualTo(same);
    }

    private static Step step(String id) {
        return PLAN.steps().stream()
                .filter(planned -> planned.id().equals(id))
                .map(PlannedStep::step)
                .findFirst()
                .orElseThrow();
    }
}
