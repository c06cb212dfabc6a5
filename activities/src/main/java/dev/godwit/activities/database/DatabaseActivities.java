package dev.godwit.activities.database;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.database.postgresql.Postgresql;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.LinkProof;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseFence;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.database.DatabaseStep.SetSequences;
import dev.godwit.workflows.database.DatabaseStep.VerifyDatabase;
import dev.godwit.workflows.database.InspectDatabases;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks each database's engine. What an engine cannot do is said, and never passes for done.
 */
public final class DatabaseActivities implements DatabaseCopy, DatabaseFence {
    private final Servers servers;
    private final Function<DatabaseSpec, DatabaseEngine> engines;

    public DatabaseActivities(Servers servers, Jobs jobs, Secrets secrets) {
        this(servers, engines(new Postgresql(servers, jobs, secrets, Heartbeat::of)));
    }

    DatabaseActivities(Servers servers, Function<DatabaseSpec, DatabaseEngine> engines) {
        this.servers = servers;
        this.engines = engines;
    }

    private static Function<DatabaseSpec, DatabaseEngine> engines(Postgresql postgresql) {
        return spec -> switch (spec) {
            case PostgresqlDatabase database -> postgresql.engine(database);
        };
    }

    @Override
    public Inspection<List<DatabaseFacts>> inspectDatabases(InspectDatabases request) {
        List<DatabaseSpec> databases = request.databases();
        Heartbeat.of("looking at the databases");
        List<Finding> findings = new ArrayList<>();
        List<DatabaseFacts> facts = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            Inspection<DatabaseFacts> one =
                    engines.apply(databases.get(i)).inspect(request.source(), request.target(), "/databases/" + i);
            findings.addAll(one.findings());
            Optional.ofNullable(one.facts()).ifPresent(facts::add);
        }
        return new Inspection<>(findings, facts);
    }

    @Override
    public BeforeImage lookAtCopy(Look<CopyDatabase> request) {
        CopyDatabase step = request.step();
        Heartbeat.of("looking at " + step.database().name() + " on the target");
        if (step.pass() != Pass.FIRST) {
            LinkProof.require(
                    request.migration(), servers.open(request.migration().target()));
        }
        return engines.apply(step.database()).lookAtCopy(request.migration());
    }

    @Override
    public Outcome copyDatabase(Act<CopyDatabase> request) {
        CopyDatabase step = request.step();
        Heartbeat.of("preparing the copy of " + step.database().name());
        return engines.apply(step.database()).copy(request.migration(), request.stepId(), step.pass());
    }

    @Override
    public Outcome dropCopy(Undo<CopyDatabase> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("dropping the copy of " + database.name());
        return engines.apply(database).dropCopy(request.migration());
    }

    @Override
    public Outcome setSequences(Act<SetSequences> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("setting the sequences of " + database.name());
        DatabaseEngine engine = engines.apply(database);
        return engine.sequences()
                .orElseThrow(() -> unable(engine, "set the sequences of " + database.name()))
                .set(request.migration());
    }

    @Override
    public Outcome verifyDatabase(Act<VerifyDatabase> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("comparing " + database.name());
        return engines.apply(database).verify(request.migration());
    }

    @Override
    public Loss estimateLoss(LossQuestion request) {
        Heartbeat.of("comparing both sides");
        List<Loss> losses = request.databases().stream()
                .map(database -> {
                    DatabaseEngine engine = engines.apply(database);
                    return engine.loss()
                            .orElseThrow(() -> unable(engine, "count what only the target has of " + database.name()))
                            .estimate(request.migration());
                })
                .toList();
        return new Loss(
                losses.stream().mapToLong(Loss::rows).sum(),
                losses.stream().map(Loss::summary).collect(Collectors.joining("\n")));
    }

    @Override
    public BeforeImage lookAtFence(Look<FenceDatabase> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("looking at " + database.name() + " on the source");
        return fence(database).look(request.migration());
    }

    @Override
    public Outcome fenceDatabase(Act<FenceDatabase> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("fencing " + database.name());
        return fence(database).raise(request.migration(), request.before());
    }

    @Override
    public Outcome liftFence(Undo<FenceDatabase> request) {
        DatabaseSpec database = request.step().database();
        Heartbeat.of("lifting the fence of " + database.name());
        return fence(database).lift(request.migration(), request.before());
    }

    private DatabaseEngine.WriteFence fence(DatabaseSpec database) {
        DatabaseEngine engine = engines.apply(database);
        return engine.fence().orElseThrow(() -> unable(engine, "keep applications from writing to " + database.name()));
    }

    private static ApplicationFailure unable(DatabaseEngine engine, String what) {
        return FailureType.SPEC_MISMATCH.because(
                "Expected Godwit to " + what + ", but found that it cannot do that with " + engine.name()
                        + "; move this database by hooks of your own");
    }
}
