package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.json.Kinds;
import org.junit.jupiter.api.Test;

class PlaceTest {
    /** A kind that no spec of ours plans would pass by the failure matrix. */
    @Test
    void shouldWalkEveryKindOfStep() {
        assertThat(Place.all().<Class<?>>map(place -> place.planned().step().getClass()))
                .as("the kinds of steps that Specs.everything() plans")
                .containsAll(Kinds.steps());
    }
}
