package dev.godwit.activities.database;

import static dev.godwit.activities.host.ActivityStubs.assertThatActivityThrownBy;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.workflows.database.CopyMethod;
import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseFence;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.database.DatabaseStep.SetSequences;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseActivitiesTest {
    private static final DatabaseSpec SHOP = new PostgresqlDatabase("shop", CopyMethod.DUMP, 5432, null, null);
    private static final HostSpec HOST =
            new HostSpec("old.example.org", "10.66.0.2", new SshLogin("root", new SecretRef("ops"), "SHA256:x", 22));
    private static final MigrationContext MIGRATION = new MigrationContext("shop-1", "shop.example.org", HOST, HOST);

    private final ActivityStubs stubs = new ActivityStubs();
    private final DatabaseActivities activities = new DatabaseActivities(
            host -> {
                throw new AssertionError("no server is asked");
            },
            spec -> new Plain());

    @AfterEach
    void close() {
        stubs.close();
    }

    @Test
    void shouldSayWhatAnEngineCannotDo() {
        DatabaseCopy copy = stubs.stub(DatabaseCopy.class, activities);
        assertThatActivityThrownBy(() -> copy.setSequences(
                        new Act<>(MIGRATION, "set-sequences", new SetSequences(SHOP), BeforeImage.NOTHING)))
                .hasMessageContaining("SPEC_MISMATCH")
                .hasMessageContaining("cannot do that with Plain");
        assertThatActivityThrownBy(() -> copy.estimateLoss(new LossQuestion(MIGRATION, List.of(SHOP))))
                .hasMessageContaining("count what only the target has of shop")
                .hasMessageContaining("cannot do that with Plain");
    }

    /** What cannot be fenced must never pass for fenced. */
    @Test
    void shouldRefuseToFenceWhatTheEngineCannot() {
        try (ActivityStubs others = new ActivityStubs()) {
            DatabaseFence fence = others.stub(DatabaseFence.class, activities);
            assertThatActivityThrownBy(() -> fence.lookAtFence(new Look<>(MIGRATION, "fence", new FenceDatabase(SHOP))))
                    .hasMessageContaining("cannot do that with Plain");
            assertThatActivityThrownBy(() -> fence.fenceDatabase(
                            new Act<>(MIGRATION, "fence", new FenceDatabase(SHOP), BeforeImage.NOTHING)))
                    .hasMessageContaining("keep applications from writing to shop")
                    .hasMessageContaining("cannot do that with Plain");
        }
    }

    /** An engine that copies and compares, and nothing else. */
    private static final class Plain implements DatabaseEngine {
        @Override
        public String name() {
            return "Plain";
        }

        @Override
        public Inspection<DatabaseFacts> inspect(HostSpec source, HostSpec target, String where) {
            return Inspection.of(List.of());
        }

        @Override
        public BeforeImage lookAtCopy(MigrationContext migration) {
            return BeforeImage.NOTHING;
        }

        @Override
        public Outcome copy(MigrationContext migration, String stepId, Pass pass) {
            return Outcome.of("copied");
        }

        @Override
        public Outcome dropCopy(MigrationContext migration) {
            return Outcome.of("dropped");
        }

        @Override
        public Outcome verify(MigrationContext migration) {
            return Outcome.of("compared");
        }

        @Override
        public Optional<WriteFence> fence() {
            return Optional.empty();
        }

        @Override
        public Optional<SequenceValues> sequences() {
            return Optional.empty();
        }

        @Override
        public Optional<LossEstimate> loss() {
            return Optional.empty();
        }
    }
}
