package dev.godwit.activities.inspection;

import dev.godwit.activities.TestSpec;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import java.util.List;

/** Specs for tests of the inspection. */
final class Specs {
    private Specs() {}

    static Spec of(HostSpec source, HostSpec target, List<String> units, Jobs jobs) {
        return TestSpec.between(source, target)
                .files(new FileTree("/srv/shop/uploads", List.of()))
                .units(units)
                .jobs(jobs)
                .build();
    }
}
