package dev.godwit.workflows.plan;

import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.proxy.ProxyFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the preflight measured, as far as the planner needs it. A part is null when its system could not be asked. */
public record Facts(
        List<DatabaseFacts> databases,
        List<TreeFacts> trees,
        @Nullable DnsFacts dns,
        @Nullable ProxyFacts proxy) {
    /** Nothing measured. */
    public static final Facts NONE = new Facts(List.of(), List.of(), null, null);

    public Facts {
        databases = List.copyOf(databases);
        trees = List.copyOf(trees);
    }
}
