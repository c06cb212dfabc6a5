package dev.godwit.workflows.dns;

import dev.godwit.workflows.step.BeforeImage;
import java.util.List;

/** DNS record sets as the primary served them. */
public record RecordSets(List<RecordSet> sets) implements BeforeImage {
    public RecordSets {
        sets = List.copyOf(sets);
    }
}
