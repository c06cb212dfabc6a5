package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.DatabaseEngine;
import dev.godwit.activities.database.postgresql.Local.LocalJobs;
import dev.godwit.activities.database.postgresql.Local.LocalServer;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.database.CopyMethod;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One migration of one database between two clusters on this machine. */
final class Lab implements AutoCloseable {
    /** From this size on a table is copied by itself: every one, or none. */
    static final long EVERY = 0;

    static final long NONE = Long.MAX_VALUE;
    static final String PASSWORD = "correct horse";

    final MigrationContext migration;
    final LocalJobs jobs;
    final List<Progress> progress = new ArrayList<>();
    final Names names;

    private final Cluster source;
    private final DatabaseEngine engine;
    private final Path folder;
    private final Path link;

    Lab(Cluster source, Cluster target, String name, long largeTable) {
        this(source, target, name, largeTable, null);
    }

    Lab(Cluster source, Cluster target, String name, long largeTable, @Nullable DatabaseLogin login) {
        this.source = source;
        try {
            folder = Files.createTempDirectory("godwit-lab");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jobs = new LocalJobs(folder);
        link = folder.resolve("link");
        SshLogin ssh = new SshLogin("root", new SecretRef("ops"), "SHA256:none", 22);
        HostSpec old = new HostSpec("old.example.org", "127.0.0.1", ssh);
        migration = new MigrationContext(
                "test-" + UUID.randomUUID(),
                "shop.example.org",
                old,
                new HostSpec("new.example.org", "127.0.0.1", ssh));
        PostgresqlDatabase database = new PostgresqlDatabase(name, CopyMethod.DUMP, source.port(), login, null);
        names = Names.of(migration, database);
        Servers servers = host -> server(host.equals(old) ? source : target, host);
        Secrets secrets = reference -> switch (reference.name()) {
            case "database" -> PASSWORD;
            case "wrong" -> "not this one";
            default -> throw FailureType.SECRET_UNAVAILABLE.because("Expected a secret, but found no " + reference);
        };
        engine = new Postgresql(
                        servers, jobs, secrets, progress::add, context -> List.of("sh", link.toString()), largeTable)
                .engine(database);
        serve("exec sh \"$program\"");
    }

    private Server server(Cluster cluster, HostSpec host) {
        return new LocalServer(host, source.port(), cluster.port());
    }

    /** What the link does with {@code $program}. */
    void serve(String script) {
        try {
            Files.writeString(
                    link, "program=" + StateFolder.of(migration.id()) + "/link/programs/$2\n" + script + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Inspection<DatabaseFacts> inspect() {
        return engine.inspect(migration.source(), migration.target(), "/databases/0");
    }

    BeforeImage lookAtCopy() {
        return engine.lookAtCopy(migration);
    }

    Outcome copy(Pass pass) {
        return engine.copy(migration, stepId(pass), pass);
    }

    Outcome drop() {
        return engine.dropCopy(migration);
    }

    Outcome setSequences() {
        return engine.sequences().orElseThrow().set(migration);
    }

    Outcome verify() {
        return engine.verify(migration);
    }

    Loss loss() {
        return engine.loss().orElseThrow().estimate(migration);
    }

    BeforeImage lookAtFence() {
        return engine.fence().orElseThrow().look(migration);
    }

    Outcome fence(BeforeImage before) {
        return engine.fence().orElseThrow().raise(migration, before);
    }

    Outcome lift(BeforeImage before) {
        return engine.fence().orElseThrow().lift(migration, before);
    }

    static String stepId(Pass pass) {
        return "copy-database-" + pass;
    }

    @Override
    public void close() {
        Local.command("rm", "-rf", "--", folder.toString(), StateFolder.of(migration.id()));
    }
}
