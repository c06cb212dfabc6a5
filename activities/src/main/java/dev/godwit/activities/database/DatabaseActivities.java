package dev.godwit.activities.database;

import java.util.Optional;
import java.util.ArrayList;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.InspectDatabases;
import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.database.postgresql.Postgresql;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.LinkProof;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseFence;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.database.DatabaseStep.SetSequences;
import dev.godwit.workflows.database.DatabaseStep.VerifyDatabase;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.PostgresqlDatabase;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Hands each database to its engine. */
public final class DatabaseActivities implements DatabaseCopy, DatabaseFence {
    private final Servers servers;
    private final Postgresql postgresql;

    public DatabaseActivities(Servers servers, Jobs jobs, Secrets secrets) {
        this.servers = servers;
        postgresql = new Postgresql(servers, jobs, secrets, Heartbeat::of);
    }

    @Override
    public Inspection<List<DatabaseFacts>> inspectDatabases(InspectDatabases request) {
        List<DatabaseSpec> databases = request.databases();
        Heartbeat.of("looking at the databases");
        List<Finding> findings = new ArrayList<>();
        List<DatabaseFacts> facts = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            Inspection<DatabaseFacts> one =
                    switch (databases.get(i)) {
                        case PostgresqlDatabase database ->
                            postgresql.inspect(request.source(), request.target(), database, "/databases/" + i);
                    };
            findings.addAll(one.findings());
            Optional.ofNullable(one.facts()).ifPresent(facts::add);
        }
        return new Inspection<>(findings, facts);
    }

    @Override
    public BeforeImage lookAtCopy(Look<CopyDatabase> request) {
        Heartbeat.of("looking at " + request.step().database().name() + " on the target");
        if (request.step().pass() != Pass.FIRST) {
            LinkProof.require(
                    request.migration(), servers.open(request.migration().target()));
        }
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.lookAtCopy(request, database);
        };
    }

    @Override
    public Outcome copyDatabase(Act<CopyDatabase> request) {
        Heartbeat.of("preparing the copy of " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.copy(request, database);
        };
    }

    @Override
    public Outcome dropCopy(Undo<CopyDatabase> request) {
        Heartbeat.of("dropping the copy of " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.dropCopy(request, database);
        };
    }

    @Override
    public Outcome setSequences(Act<SetSequences> request) {
        Heartbeat.of("setting the sequences of " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.setSequences(request, database);
        };
    }

    @Override
    public Outcome verifyDatabase(Act<VerifyDatabase> request) {
        Heartbeat.of("comparing " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.verify(request, database);
        };
    }

    @Override
    public Loss estimateLoss(LossQuestion request) {
        Heartbeat.of("comparing both sides");
        List<Loss> losses = request.databases().stream()
                .map(spec -> switch (spec) {
                    case PostgresqlDatabase database -> postgresql.estimateLoss(request.migration(), database);
                })
                .toList();
        return new Loss(
                losses.stream().mapToLong(Loss::rows).sum(),
                losses.stream().map(Loss::summary).collect(Collectors.joining("\n")));
    }

    @Override
    public BeforeImage lookAtFence(Look<FenceDatabase> request) {
        Heartbeat.of("looking at " + request.step().database().name() + " on the source");
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.lookAtFence(request, database);
        };
    }

    @Override
    public Outcome fenceDatabase(Act<FenceDatabase> request) {
        Heartbeat.of("fencing " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.fence(request, database);
        };
    }

    @Override
    public Outcome liftFence(Undo<FenceDatabase> request) {
        Heartbeat.of("lifting the fence of " + request.step().database().name());
        return switch (request.step().database()) {
            case PostgresqlDatabase database -> postgresql.liftFence(request, database);
        };
    }
}
