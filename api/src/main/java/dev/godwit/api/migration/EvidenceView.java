package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.migration.JournalEntry;
import java.util.List;

/** What is left of a migration that has ended, for those who ask later. */
public record EvidenceView(
        @Doc("How it ended, and each step with what was found and done")
        MigrationView migration,

        @Doc("The names of the tokens whose holders had a part in it")
        List<String> actors,

        @Doc("The audit, oldest first") List<JournalEntry> journal) {
    public EvidenceView {
        actors = List.copyOf(actors);
        journal = List.copyOf(journal);
    }

    static EvidenceView of(MigrationView migration, List<JournalEntry> journal) {
        return new EvidenceView(
                migration,
                journal.stream().map(JournalEntry::actor).distinct().sorted().toList(),
                journal);
    }
}
