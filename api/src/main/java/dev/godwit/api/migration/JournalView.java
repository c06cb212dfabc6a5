package dev.godwit.api.migration;

import dev.godwit.workflows.migration.JournalEntry;
import java.util.List;

/** The audit of a migration, oldest first. */
public record JournalView(String id, List<JournalEntry> entries) {
    public JournalView {
        entries = List.copyOf(entries);
    }
}
