package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some migrations, the newest first. */
public record MigrationPage(
        List<MigrationSummary> migrations,

        @Doc("Names the next page; left out on the last one") @Nullable
        String next) {
    public MigrationPage {
        migrations = List.copyOf(migrations);
    }
}
