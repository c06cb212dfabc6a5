package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.plan.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndoRulesTest {
    private static final Plan PLAN = Planner.plan(Specs.shop(), Specs.facts());

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
        assertThat(UndoRules.putsTheSameBack(step(older), step(newer))).isEqualTo(same);
    }

    @Test
    void shouldFindTheWritesOfVisitorsInTheCopies() {
        assertThat(PLAN.steps().stream()
                        .filter(planned -> UndoRules.holdsWrites(planned.step()))
                        .map(PlannedStep::id))
                .allMatch(id -> id.startsWith("copy-files-") || id.startsWith("copy-database-"))
                .contains("copy-files-first-uploads", "copy-database-first-shop");
    }

    private static Step step(String id) {
        return PLAN.steps().stream()
                .filter(planned -> planned.id().equals(id))
                .map(PlannedStep::step)
                .findFirst()
                .orElseThrow();
    }
}
