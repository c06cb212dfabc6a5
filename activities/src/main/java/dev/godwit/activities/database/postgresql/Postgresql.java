package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseStep;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Progress;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.database.PostgresqlDatabase;
import java.util.List;
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

    public Inspection<DatabaseFacts> inspect(HostSpec source, HostSpec target, PostgresqlDatabase database, String where) {
        return inspector.inspect(servers.open(source), servers.open(target), database, where);
    }

    public BeforeImage lookAtCopy(Look<DatabaseStep.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.look(context(request.migration(), database));
    }

    public Outcome copy(Act<DatabaseStep.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.copy(
                context(request.migration(), database),
                request.stepId(),
                request.step().pass());
    }

    public Outcome dropCopy(Undo<DatabaseStep.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.drop(context(request.migration(), database));
    }

    public Outcome setSequences(Act<DatabaseStep.SetSequences> request, PostgresqlDatabase database) {
        return sequences.set(context(request.migration(), database));
    }

    public Outcome verify(Act<DatabaseStep.VerifyDatabase> request, PostgresqlDatabase database) {
        return verifier.verify(context(request.migration(), database));
    }

    public Loss estimateLoss(MigrationContext migration, PostgresqlDatabase database) {
        return verifier.loss(context(migration, database));
    }

    public BeforeImage lookAtFence(Look<DatabaseStep.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.look(context(request.migration(), database));
    }

    public Outcome fence(Act<DatabaseStep.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.fence(context(request.migration(), database), request.before());
    }

    public Outcome liftFence(Undo<DatabaseStep.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.lift(context(request.migration(), database), request.before());
    }

    private Context context(MigrationContext migration, PostgresqlDatabase database) {
        return Context.of(servers, migration, database);
    }
}
