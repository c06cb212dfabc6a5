package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.DatabaseEngine;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Progress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What Godwit does with a PostgreSQL database. */
public final class Postgresql {
    private final Servers servers;
    private final Inspector inspector;
    private final Copier copier;
    private final Fence fence;
    private final Sequences sequences;
    private final Verifier verifier;

    public Postgresql(Servers servers, Jobs jobs, Secrets secrets, Consumer<Progress> heartbeat) {
        this(
                servers,
                jobs,
                secrets,
                heartbeat,
                migration -> Link.sharedSshCommand(migration.id(), migration.source()),
                Copier.LARGE_TABLE);
    }

    /**
     * The same with another link and another size.
     *
     * @param link what the target runs to reach the source
     * @param largeTable bytes from which a table is copied by itself
     */
    Postgresql(
            Servers servers,
            Jobs jobs,
            Secrets secrets,
            Consumer<Progress> heartbeat,
            Function<MigrationContext, List<String>> link,
            long largeTable) {
        Connections connections = new Connections(secrets);
        this.servers = servers;
        this.inspector = new Inspector(connections);
        this.copier = new Copier(connections, jobs, secrets, heartbeat, link, largeTable);
        this.fence = new Fence(connections);
        this.sequences = new Sequences(connections);
        this.verifier = new Verifier(connections, heartbeat);
    }

    /** The engine of one database. */
    public DatabaseEngine engine(PostgresqlDatabase database) {
        return new Engine(database);
    }

    private final class Engine implements DatabaseEngine, DatabaseEngine.WriteFence {
        private final PostgresqlDatabase database;

        Engine(PostgresqlDatabase database) {
            this.database = database;
        }

        @Override
        public String name() {
            return "PostgreSQL";
        }

        @Override
        public Inspection<DatabaseFacts> inspect(HostSpec source, HostSpec target, String where) {
            return inspector.inspect(servers.open(source), servers.open(target), database, where);
        }

        @Override
        public BeforeImage lookAtCopy(MigrationContext migration) {
            return copier.look(context(migration));
        }

        @Override
        public Outcome copy(MigrationContext migration, String stepId, Pass pass) {
            return copier.copy(context(migration), stepId, pass);
        }

        @Override
        public Outcome dropCopy(MigrationContext migration) {
            return copier.drop(context(migration));
        }

        @Override
        public Outcome verify(MigrationContext migration) {
            return verifier.verify(context(migration));
        }

        @Override
        public Optional<WriteFence> fence() {
            return Optional.of(this);
        }

        @Override
        public BeforeImage look(MigrationContext migration) {
            return fence.look(context(migration));
        }

        @Override
        public Outcome raise(MigrationContext migration, BeforeImage before) {
            return fence.fence(context(migration), before);
        }

        @Override
        public Outcome lift(MigrationContext migration, BeforeImage before) {
            return fence.lift(context(migration), before);
        }

        @Override
        public Optional<SequenceValues> sequences() {
            return Optional.of(migration -> sequences.set(context(migration)));
        }

        @Override
        public Optional<LossEstimate> loss() {
            return Optional.of(migration -> verifier.loss(context(migration)));
        }

        private Context context(MigrationContext migration) {
            return Context.of(servers, migration, database);
        }
    }
}
