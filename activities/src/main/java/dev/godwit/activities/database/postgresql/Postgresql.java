package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.Look;
import dev.godwit.workflows.activity.Loss;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.Progress;
import dev.godwit.workflows.activity.Undo;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.HostSpec;
import dev.godwit.workflows.spec.PostgresqlDatabase;
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

    public Inspection inspect(HostSpec source, HostSpec target, PostgresqlDatabase database, String where) {
        return inspector.inspect(servers.open(source), servers.open(target), database, where);
    }

    public BeforeImage lookAtCopy(Look<Step.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.look(context(request.migration(), database));
    }

    public Outcome copy(Act<Step.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.copy(
                context(request.migration(), database),
                request.stepId(),
                request.step().pass());
    }

    public Outcome dropCopy(Undo<Step.CopyDatabase> request, PostgresqlDatabase database) {
        return copier.drop(context(request.migration(), database));
    }

    public Outcome setSequences(Act<Step.SetSequences> request, PostgresqlDatabase database) {
        return sequences.set(context(request.migration(), database));
    }

    public Outcome verify(Act<Step.VerifyDatabase> request, PostgresqlDatabase database) {
        return verifier.verify(context(request.migration(), database));
    }

    public Loss estimateLoss(MigrationContext migration, PostgresqlDatabase database) {
        return verifier.loss(context(migration, database));
    }

    public BeforeImage lookAtFence(Look<Step.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.look(context(request.migration(), database));
    }

    public Outcome fence(Act<Step.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.fence(context(request.migration(), database), request.before());
    }

    public Outcome liftFence(Undo<Step.FenceDatabase> request, PostgresqlDatabase database) {
        return fence.lift(context(request.migration(), database), request.before());
    }

    private Context context(MigrationContext migration, PostgresqlDatabase database) {
        return Context.of(servers, migration, database);
    }
}
