package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.Resource;
import dev.godwit.activities.database.postgresql.CopyRecord.MadeRole;
import dev.godwit.activities.database.postgresql.Counting.Both;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.LiveTarget;
import dev.godwit.activities.host.ShellQuote;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.database.TargetDatabase;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Progress;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Copies a database by PostgreSQL's own programs on the servers, as one job on the target. The copy is filled under a
 * name of Godwit's own and gets the database's name in the last transaction: under its real name there is either a whole
 * copy or none, and what may be dropped is known by its identifier, not guessed.
 */
final class Copier {
    /** From this size on a table is copied by itself, in parallel; starting a session costs about as much as this. */
    static final long LARGE_TABLE = 8L << 20;

    private static final Duration TIMEOUT = Duration.ofDays(2);
    private static final Duration DROP = Duration.ofMinutes(10);

    /** What the job says when every row is there; see copy.sh. */
    private static final String FILLED = "building indexes and constraints";

    private static final String SOURCE = Resource.text(Copier.class, "source.sh");

    private static final byte[] COPY = Resource.text(Copier.class, "copy.sh").getBytes(StandardCharsets.UTF_8);

    /** The job's own text; what it does lies beside it. */
    private static final String JOB = "exec sh ./copy.sh \"$@\"";

    /** {@code $1} the name, {@code $2} the target's major version. The locale as it is, by what the version knows. */
    private static final String CREATE = """
            SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', ?::text,
                          pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
                   || CASE WHEN target.major < 15 THEN ''
                           WHEN j ->> 'datlocprovider' = 'i'
                           THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(j ->> 'datlocale', j ->> 'daticulocale'))
                                || coalesce(' ICU_RULES ' || quote_literal(j ->> 'daticurules'), '')
                           WHEN j ->> 'datlocprovider' = 'b'
                           THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j ->> 'datlocale')
                           ELSE ' LOCALE_PROVIDER libc' END
              FROM pg_database d CROSS JOIN LATERAL to_jsonb(d) AS j CROSS JOIN (VALUES (?::int)) AS target (major)
             WHERE d.datname = current_database()
            """;

    /** Rights on the database itself, its comment and labels. No rights are recorded where the defaults hold. */
    private static final String PROPERTIES = """
            SELECT format('ALTER DATABASE %I OWNER TO %I', datname, pg_get_userbyid(datdba))
              FROM pg_database WHERE datname = current_database()
             UNION ALL
            SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', datname, pg_get_userbyid(datdba))
              FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
             UNION ALL
            SELECT format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, d.datname,
                          CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                          CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
              FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) AS a
             WHERE d.datname = current_database()
               AND (a.grantee = 0 OR pg_get_userbyid(a.grantee) NOT LIKE 'godwit\\_probe\\_%')
             UNION ALL
            SELECT format('COMMENT ON DATABASE %I IS %L', datname, shobj_description(oid, 'pg_database'))
              FROM pg_database
             WHERE datname = current_database() AND shobj_description(oid, 'pg_database') IS NOT NULL
             UNION ALL
            SELECT format('SECURITY LABEL FOR %I ON DATABASE %I IS %L', l.provider, d.datname, l.label)
              FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid AND l.classoid = 'pg_database'::regclass
             WHERE d.datname = current_database()
            """;

    private final Connections connections;
    private final Jobs jobs;
    private final Secrets secrets;
    private final Consumer<Progress> heartbeat;
    private final Function<MigrationContext, List<String>> link;
    private final long largeTable;

    /**
     * Prepares copies.
     *
     * @param link what the target runs to reach the source
     * @param largeTable bytes from which a table is copied by itself
     */
    Copier(
            Connections connections,
            Jobs jobs,
            Secrets secrets,
            Consumer<Progress> heartbeat,
            Function<MigrationContext, List<String>> link,
            long largeTable) {
        this.connections = connections;
        this.jobs = jobs;
        this.secrets = secrets;
        this.heartbeat = heartbeat;
        this.link = link;
        this.largeTable = largeTable;
    }

    /** A database of a server. */
    private record Found(long oid, long bytes) {
        static Found read(ResultSet row) throws SQLException {
            return new Found(row.getLong(1), row.getLong(2));
        }

        static Optional<Found> in(Session session, String name) {
            return session.find(
                    "SELECT oid, pg_database_size(oid) FROM pg_database WHERE datname = ?", Found::read, name);
        }
    }

    BeforeImage look(Context context) {
        CopyRecord record = CopyRecord.read(context);
        try (Session source = connections.open(context, Side.SOURCE);
                Session target = connections.maintenance(context, Side.TARGET)) {
            Optional<Found> found = Found.in(target, context.database().name());
            if (found.isPresent() && found.get().oid() != record.database()) {
                throw foreign(context);
            }
            return new TargetDatabase(found.isPresent(), Roles.present(target, Roles.needed(source)));
        }
    }

    Outcome copy(Context context, String stepId, Pass pass) {
        JobKey key = key(context, pass);
        LiveTarget.refuse(
                context.source(),
                context.migration().id(),
                "copy " + context.database().name());
        try (Session source = connections.open(context, Side.SOURCE);
                Session target = connections.maintenance(context, Side.TARGET)) {
            String name = context.database().name();
            CopyRecord record = CopyRecord.read(context);
            Optional<Found> found = Found.in(target, name);
            if (found.isPresent() && found.get().oid() != record.database()) {
                throw foreign(context);
            }
            if (found.isPresent() && record.step().equals(stepId)) {
                jobs.remove(context.target(), key);
                closeSource(context);
                return Outcome.of("the copy of " + name + " was complete already");
            }
            record = makeRoles(context, source, target, record);
            if (found.isPresent()) {
                // An older pass's copy: both would need twice the room.
                dropDatabase(target, name);
            }
            long bytes = source.number("SELECT pg_database_size(current_database())");
            String counted = run(context, key, pass, source, target, bytes);
            if (Found.in(target, context.names().unfinished()).isEmpty()) {
                // The job of an earlier attempt succeeded, but what it made was dropped since.
                jobs.remove(context.target(), key);
                counted = run(context, key, pass, source, target, bytes);
            }
            long copied = finish(context, stepId, source, target, record);
            jobs.remove(context.target(), key);
            closeSource(context);
            return Outcome.of("copied " + name + ", " + (bytes >> 20) + " MiB on the source, " + (copied >> 20)
                    + " MiB on the target" + counted);
        }
    }

    /**
     * Drops what any pass has made. On the source first: a copy that was cut off with its target holds locks there, for
     * as long as nobody notices.
     */
    Outcome drop(Context context) {
        LiveTarget.refuse(
                context.source(),
                context.migration().id(),
                "drop the copy of " + context.database().name());
        closeSource(context);
        try {
            endSourceSessions(context);
        } catch (ApplicationFailure gone) {
            // Asked once more at the end, which tells: a source without PostgreSQL does not keep the copy on the
            // target.
        }
        for (Pass pass : Pass.values()) {
            jobs.remove(context.target(), key(context, pass));
        }
        CopyRecord record = CopyRecord.read(context);
        List<String> kept = new ArrayList<>();
        try (Session target = connections.maintenance(context, Side.TARGET)) {
            dropDatabase(target, context.names().unfinished());
            Optional<Found> found = Found.in(target, context.database().name());
            if (found.isPresent() && record.database() != 0 && found.get().oid() == record.database()) {
                dropDatabase(target, context.database().name());
            }
            for (MadeRole role : record.roles()) {
                if (!dropRole(target, role)) {
                    kept.add(role.name());
                }
            }
        }
        // Once more: the target's job may have begun one meanwhile.
        endSourceSessions(context);
        context.removeState(Side.TARGET, context.names().record());
        context.removeState(Side.TARGET, context.names().counted());
        return Outcome.of("the copy of " + context.database().name() + " is gone from the target"
                + (kept.isEmpty()
                        ? ""
                        : "; these roles stay, because something else on the target needs them: "
                                + String.join(", ", kept)));
    }

    private static JobKey key(Context context, Pass pass) {
        return new JobKey(context.migration().id(), context.names().job(pass));
    }

    /** Takes back what let the target read: a superuser's password outlives no copy. */
    private static void closeSource(Context context) {
        Link.removeProgram(
                context.source(), context.migration().id(), context.names().program());
        context.removeState(Side.SOURCE, context.names().password());
    }

    private CopyRecord makeRoles(Context context, Session source, Session target, CopyRecord record) {
        return target.inTransaction(() -> {
            List<MadeRole> made = Roles.make(source, target);
            if (made.isEmpty()) {
                return record;
            }
            List<MadeRole> roles = new ArrayList<>(record.roles());
            roles.addAll(made);
            CopyRecord next = new CopyRecord(record.database(), record.step(), roles);
            next.write(context);
            return next;
        });
    }

    /** Runs the job; what else there is to say. Of the final copy, both sides are counted as soon as the rows are there. */
    private String run(Context context, JobKey key, Pass pass, Session source, Session target, long bytes) {
        Watcher watcher = new Watcher(target, context.names().unfinished(), bytes);
        if (pass != Pass.FINAL) {
            run(context, key, source, target, watcher::line);
            return "";
        }
        try (Counting counting = new Counting(connections, context, Counting.hashAlike(source, target))) {
            Ahead ahead = new Ahead(context, counting);
            run(context, key, source, target, line -> {
                if (line.equals(FILLED)) {
                    ahead.begin();
                }
                watcher.line(line);
            });
            return ahead.end();
        }
    }

    private void run(Context context, JobKey key, Session source, Session target, Consumer<String> line) {
        Tools sourceTools = Tools.find(context.source(), context.database(), Side.SOURCE, source.major(), secrets);
        Tools targetTools = Tools.find(context.target(), context.database(), Side.TARGET, target.major(), secrets);
        String passwordFile = "";
        String passwords = sourceTools.passwords();
        if (!passwords.isEmpty()) {
            context.writeState(Side.SOURCE, context.names().password(), passwords);
            passwordFile = context.statePath(context.names().password());
        }
        Link.registerProgram(
                context.source(),
                context.migration().id(),
                context.names().program(),
                program(context, sourceTools, passwordFile));
        jobs.run(
                context.target(),
                key,
                new Job(
                        JOB,
                        List.of(
                                targetTools.login(),
                                targetTools.host(),
                                Integer.toString(targetTools.port()),
                                targetTools.user(),
                                context.names().unfinished(),
                                targetTools.folder(),
                                targetTools.passwords().isEmpty() ? "" : "pgpass",
                                context.names().sessions()),
                        files(context, source, target, targetTools.passwords()),
                        TIMEOUT),
                line);
    }

    private Map<String, byte[]> files(Context context, Session source, Session target, String passwords) {
        String unfinished = context.names().unfinished();
        String create = "DROP DATABASE IF EXISTS " + unfinished + " WITH (FORCE);\n"
                + source.text(CREATE, unfinished, target.major()) + ";\n";
        Map<String, byte[]> files = new HashMap<>();
        files.put("copy.sh", COPY);
        files.put("create.sql", create.getBytes(StandardCharsets.UTF_8));
        String command = ShellQuote.words(link.apply(context.migration()));
        files.put(
                "link",
                ("exec " + command + " godwit-run " + context.names().program() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
        if (!passwords.isEmpty()) {
            files.put("pgpass", passwords.getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }

    private String program(Context context, Tools tools, String passwordFile) {
        List<String> parameters = List.of(
                tools.login(),
                tools.host(),
                Integer.toString(tools.port()),
                tools.user(),
                context.database().name(),
                tools.folder(),
                passwordFile,
                context.names().sessions(),
                Long.toString(largeTable));
        return "set -- " + ShellQuote.words(parameters) + "\n" + SOURCE;
    }

    /** Gives the whole copy its name, owner, rights and settings, at once and durably. */
    private static long finish(Context context, String stepId, Session source, Session target, CopyRecord record) {
        String name = context.database().name();
        String unfinished = context.names().unfinished();
        Found copy = Found.in(target, unfinished)
                .orElseThrow(() -> FailureType.DATABASE_FAILED.because("Expected the copy " + unfinished + " on "
                        + context.target().spec().host() + ", but found none; copy again"));
        List<String> properties = new ArrayList<>(source.texts(PROPERTIES));
        properties.addAll(Roles.databaseSettings(source));
        long limit = Fence.originalLimit(context, source);
        target.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + unfinished + "'");
        return target.inTransaction(() -> {
            // In this order: where another attempt has made the copy meanwhile, its record stays.
            target.executeFormatted("ALTER DATABASE " + unfinished + " RENAME TO %I", name);
            new CopyRecord(copy.oid(), stepId, record.roles()).write(context);
            target.executeFormatted("ALTER DATABASE %I CONNECTION LIMIT " + limit, name);
            properties.forEach(target::execute);
            return copy.bytes();
        });
    }

    private void endSourceSessions(Context context) {
        try (Session source = connections.maintenance(context, Side.SOURCE)) {
            source.list(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ?",
                    row -> row.getBoolean(1),
                    context.names().sessions());
            // A look at the fence that was cut off in the middle has no undo of its own.
            Fence.dropProbe(source, context.names());
        }
    }

    private static void dropDatabase(Session target, String name) {
        target.patient(DROP).executeFormatted("DROP DATABASE IF EXISTS %I WITH (FORCE)", name);
    }

    /** Drops a role that Godwit made, unless something that is not Godwit's needs it by now. */
    private static boolean dropRole(Session target, MadeRole role) {
        if (!target.test("SELECT count(*) > 0 FROM pg_roles WHERE rolname = ? AND oid = ?", role.name(), role.oid())) {
            return true;
        }
        boolean needed = target.test(
                "SELECT count(*) > 0 FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = ?",
                role.oid());
        boolean connected = target.test("SELECT count(*) > 0 FROM pg_stat_activity WHERE usesysid = ?", role.oid());
        if (needed || connected) {
            return false;
        }
        target.executeFormatted("DROP ROLE IF EXISTS %I", role.name());
        return true;
    }

    private static ApplicationFailure foreign(Context context) {
        return FailureType.SPEC_MISMATCH.because(
                "Expected no database " + context.database().name() + " on "
                        + context.target().spec().host()
                        + ", but found one that this migration did not make; rename it or drop it yourself");
    }

    /** Counts ahead of the verification. Where that fails the verification counts, and the copy is none the worse. */
    private final class Ahead {
        private final Context context;
        private final Counting counting;

        Ahead(Context context, Counting counting) {
            this.context = context;
            this.counting = counting;
        }

        void begin() {
            counting.begin(context.names().unfinished(), CountedAhead.NOTHING);
        }

        /** Waits for both; what there is to say. */
        String end() {
            if (!counting.hasBegun()) {
                return "";
            }
            Both counted;
            long copied = System.nanoTime();
            try {
                counted = counting.await(heartbeat);
            } catch (ApplicationFailure e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                return "; not counted on the way: " + e.getOriginalMessage();
            }
            new CountedAhead(counted.source().known(), counted.target().known()).write(context);
            Duration waited = Duration.ofMillis((System.nanoTime() - copied) / 1_000_000);
            return ", " + counted.source().tables().size() + " tables counted on the way (waited "
                    + Durations.format(waited) + " for the end of that)";
        }
    }

    /** Turns the job's lines into heartbeats. How far it is, the target's own figures say. */
    private final class Watcher {
        private final Session target;
        private final String unfinished;
        private final long total;
        private String doing = "copying";

        Watcher(Session target, String unfinished, long total) {
            this.target = target;
            this.unfinished = unfinished;
            this.total = total;
        }

        void line(String line) {
            if (!line.isEmpty()) {
                doing = line;
            }
            long done = Found.in(target, unfinished).map(Found::bytes).orElse(0L);
            heartbeat.accept(new Progress(doing, Math.min(done, total), total));
        }
    }
}
