package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import io.temporal.failure.ApplicationFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks at a database on the source, and at what the target lacks for it. It changes nothing on either. */
final class Inspector {
    private static final int OLDEST = 13;
    private static final int NEWEST = 17;
    private static final int PUBLIC_SCHEMA_CLOSED = 15;

    /** Room for the copy, its indexes while they are built, and its write-ahead log. */
    private static final double ROOM = 2.5;

    private static final String USER_TABLES = """
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
            """;

    private final Connections connections;

    Inspector(Connections connections) {
        this.connections = connections;
    }

    /** What is being looked at. */
    private record View(
            PostgresqlDatabase database, Server sourceServer, Server targetServer, Session source, Session target) {}

    /**
     * Looks.
     *
     * @param where the database's place in the spec
     */
    Inspection<DatabaseFacts> inspect(
            Server sourceServer, Server targetServer, PostgresqlDatabase database, String where) {
        Findings all = new Findings();
        Findings.Place findings = all.at(where).about(database.name());
        Optional<Session> source = open(findings, sourceServer, database, Side.SOURCE, database.name());
        Optional<Session> target = open(findings, targetServer, database, Side.TARGET, Connections.MAINTENANCE);
        try {
            if (source.isEmpty()) {
                return all.alone();
            }
            Schema schema = Schema.read(source.get());
            if (superuser(findings, source.get(), Side.SOURCE)) {
                lookAtSource(findings, source.get());
                tools(findings, sourceServer, Side.SOURCE, source.get().major());
            }
            if (target.isPresent() && superuser(findings, target.get(), Side.TARGET)) {
                tools(findings, targetServer, Side.TARGET, target.get().major());
                lookAtTarget(findings, new View(database, sourceServer, targetServer, source.get(), target.get()));
            }
            return all.with(facts(database, source.get(), schema));
        } catch (ApplicationFailure e) {
            findings.blocker("database-failed", e.getOriginalMessage(), "look at the server's log and ask again");
            return all.alone();
        } finally {
            source.ifPresent(Session::close);
            target.ifPresent(Session::close);
        }
    }

    private static DatabaseFacts facts(PostgresqlDatabase database, Session source, Schema schema) {
        return new DatabaseFacts(
                database.name(),
                source.text("SELECT split_part(current_setting('server_version'), ' ', 1)"),
                source.number("SELECT pg_database_size(current_database())"),
                Math.toIntExact(source.number("SELECT count(*) " + USER_TABLES + " AND c.relkind IN ('r', 'p')")),
                schema.fingerprint());
    }

    private Optional<Session> open(
            Findings.Place findings, Server server, PostgresqlDatabase database, Side side, String name) {
        try {
            return Optional.of(connections.open(server, database, side, name));
        } catch (ApplicationFailure e) {
            FailureType type = FailureType.valueOf(e.getType());
            String code = switch (type) {
                case LOGIN_REFUSED -> "database-login";
                case SPEC_MISMATCH -> "database-missing";
                case TOOL_MISSING -> "database-tool";
                case SECRET_UNAVAILABLE, SECRET_NOT_HERE -> type.code();
                default -> "database-unreachable";
            };
            findings.blocker(code, e.getOriginalMessage(), "put that right on the " + side.word() + " or in the spec");
            return Optional.empty();
        }
    }

    private static boolean superuser(Findings.Place findings, Session session, Side side) {
        boolean superuser = session.test("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
        if (!superuser) {
            findings.blocker(
                    "database-superuser",
                    "Expected a superuser on the " + side.word() + ", but found "
                            + session.text("SELECT current_user::text"),
                    "name a superuser's login for that side, or none");
        }
        return superuser;
    }

    private static void tools(Findings.Place findings, Server server, Side side, int major) {
        try {
            Tools.folder(server, side, major);
        } catch (ApplicationFailure e) {
            findings.blocker(
                    "database-tool",
                    e.getOriginalMessage(),
                    "install postgresql-client-" + major + " on the " + side.word());
        }
    }

    private static void lookAtSource(Findings.Place findings, Session source) {
        int major = source.major();
        if (major < OLDEST) {
            findings.blocker(
                    "database-version",
                    "Expected PostgreSQL " + OLDEST + " or later on the source, but found " + major,
                    "upgrade the source first");
        }
        if (major > NEWEST) {
            findings.warning(
                    "database-version",
                    "PostgreSQL " + major + " on the source is newer than what Godwit was tested with (" + NEWEST + ")",
                    "rehearse with care");
        }
        findings.note(
                "database-size",
                source.text("SELECT pg_size_pretty(pg_database_size(current_database()))") + " in "
                        + source.number("SELECT count(*) " + USER_TABLES + " AND c.relkind IN ('r', 'p')") + " tables",
                "none of it passes through Godwit");
        findings.note("database-wal-level", "wal_level is " + source.text("SHOW wal_level"), "a dump needs none");
        contents(findings, source);
        activity(findings, source);
        fence(findings, source);
    }

    private static void contents(Findings.Place findings, Session source) {
        findings.noteEach(
                "database-key",
                "tables without a primary key",
                "a dump copies them as they are",
                source.texts("SELECT format('%I.%I', n.nspname, c.relname) " + USER_TABLES
                        + " AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_constraint k"
                        + " WHERE k.conrelid = c.oid AND k.contype = 'p') ORDER BY 1"));
        findings.noteEach(
                "database-unlogged",
                "unlogged tables",
                "they are copied; a crash empties them, as on the source",
                source.texts("SELECT format('%I.%I', n.nspname, c.relname) " + USER_TABLES
                        + " AND c.relkind = 'r' AND c.relpersistence = 'u' ORDER BY 1"));
        findings.noteEach(
                "database-row-security",
                "tables with row-level security",
                "Godwit reads as a superuser and sees every row",
                source.texts("SELECT format('%I.%I', n.nspname, c.relname) " + USER_TABLES
                        + " AND c.relrowsecurity ORDER BY 1"));
        findings.noteEach(
                "database-materialized-view",
                "materialized views",
                "the copy computes them anew",
                source.texts("SELECT format('%I.%I', n.nspname, c.relname) " + USER_TABLES
                        + " AND c.relkind = 'm' ORDER BY 1"));
        findings.warningEach(
                "database-invalid-index",
                "invalid indexes",
                "the copy would build them, and fail where they cannot be built; drop or rebuild them first",
                source.texts("SELECT format('%I.%I', n.nspname, c.relname) " + USER_TABLES
                        + " AND EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = c.oid AND NOT i.indisvalid)"));
        long largeObjects = source.number("SELECT count(*) FROM pg_largeobject_metadata");
        if (largeObjects > 0) {
            findings.note("database-large-objects", largeObjects + " large objects", "they are copied and compared");
        }
        findings.warningEach(
                "database-outside",
                "objects that reach beyond the database",
                "look whether they work from the target, and whether they must act on one side only",
                source.texts("""
                        SELECT 'foreign server ' || quote_ident(srvname) FROM pg_foreign_server
                         UNION ALL
                        SELECT 'disabled subscription ' || quote_ident(subname) || ', which stays behind'
                          FROM pg_subscription
                         WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                           AND NOT subenabled
                         UNION ALL
                        SELECT 'publication ' || quote_ident(pubname) FROM pg_publication
                         UNION ALL
                        SELECT 'event trigger ' || quote_ident(evtname) FROM pg_event_trigger
                         UNION ALL
                        SELECT 'extension ' || quote_ident(extname) FROM pg_extension
                         WHERE extname IN ('pg_cron', 'pg_background', 'dblink', 'timescaledb', 'pglogical')
                         UNION ALL
                        SELECT 'replication slot ' || quote_ident(slot_name) FROM pg_replication_slots
                         WHERE database = current_database()
                        """));
    }

    private static void activity(Findings.Place findings, Session source) {
        List<String> subscriptions = Fence.subscriptions(source, source.text("SELECT current_database()"));
        if (!subscriptions.isEmpty()) {
            findings.blocker(
                    "database-subscription",
                    "Expected no enabled subscription, but found " + Findings.shown(subscriptions),
                    "disable or drop it before the cutover: what it applies passes every fence, and would be lost");
        }
        findings.warningEach(
                "database-transaction",
                "transactions open for more than five minutes",
                "at the cutover they are ended; a copy reads beside them",
                source.texts("""
                        SELECT format('%s (%s) since %s s', usename, coalesce(nullif(application_name, ''), 'unnamed'),
                                      extract(epoch FROM now() - xact_start)::bigint)
                          FROM pg_stat_activity
                         WHERE datname = current_database() AND xact_start < now() - interval '5 minutes'
                           AND pid <> pg_backend_pid() AND application_name NOT LIKE 'godwit%'
                        """));
        findings.warningEach(
                "database-prepared",
                "prepared transactions",
                "commit or roll them back before the cutover: a fence cannot end them",
                source.texts("""
                        SELECT format('%s of %s since %s s', gid, owner, extract(epoch FROM now() - prepared)::bigint)
                          FROM pg_prepared_xacts WHERE database = current_database()
                        """));
    }

    private static void fence(Findings.Place findings, Session source) {
        String sessions = """
                SELECT DISTINCT format('%s (%s)', a.usename, coalesce(nullif(a.application_name, ''), 'unnamed'))
                  FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
                 WHERE a.datname = current_database() AND r.rolsuper AND a.backend_type = 'client backend'
                   AND a.pid <> pg_backend_pid() AND a.application_name NOT LIKE 'godwit%'
                """;
        String isTool = "(a.application_name IN ('psql', 'pg_dump') OR a.application_name LIKE 'pgAdmin%')";
        findings.warningEach(
                "database-superuser-tool",
                "tools connected as a superuser",
                "the fence ends them; do not start them again during the cutover",
                source.texts(sessions + " AND " + isTool));
        List<String> applications = source.texts(sessions + " AND NOT " + isTool);
        if (!applications.isEmpty()) {
            findings.blocker(
                    "database-superuser-session",
                    "Expected no application connected as a superuser, but found " + Findings.shown(applications),
                    "give it a role of its own: nothing keeps a superuser from writing");
        }
        long admitting = source.number("""
                SELECT count(*) FROM pg_hba_file_rules
                 WHERE error IS NULL AND type IN ('host', 'hostnossl', 'hostssl')
                   AND auth_method IN ('scram-sha-256', 'md5', 'password', 'trust')
                   AND 'all' = ANY (user_name) AND (database && ARRAY ['all', current_database()::text])
                   AND (address IN ('127.0.0.1', 'all', 'localhost', '0.0.0.0', 'samehost', 'samenet')
                        OR address LIKE '127.%')
                """);
        if (admitting == 0) {
            findings.warning(
                    "database-fence-proof",
                    "Expected that pg_hba.conf admits password logins of every role over TCP from 127.0.0.1, but found"
                            + " no such line",
                    "without one the fence may not be provable, and the cutover stops before anything is held");
        }
    }

    private static void lookAtTarget(Findings.Place findings, View view) {
        Session source = view.source();
        Session target = view.target();
        if (target.major() < source.major()) {
            findings.blocker(
                    "database-version",
                    "Expected PostgreSQL " + source.major() + " or later on the target, but found " + target.major(),
                    "install the source's version or a newer one on the target");
        }
        if (source.major() < PUBLIC_SCHEMA_CLOSED && target.major() >= PUBLIC_SCHEMA_CLOSED) {
            findings.warning(
                    "database-public-schema",
                    "From PostgreSQL 15 on only the owner may create objects in the schema public",
                    "grant CREATE on it where the application makes tables");
        }
        if (target.test(
                "SELECT count(*) > 0 FROM pg_database WHERE datname = ?",
                view.database().name())) {
            findings.blocker(
                    "database-exists",
                    "Expected no database of this name on the target, but found one",
                    "rename or drop it: Godwit never touches what it did not make");
        }
        locale(findings, view);
        extensions(findings, source, target);
        roles(findings, source, target);
        tablespaces(findings, source, target);
        room(findings, view);
        settings(findings, source, target);
    }

    private static void locale(Findings.Place findings, View view) {
        Set<String> known = view.targetServer()
                .output(Script.of("locale -a 2>/dev/null || :"))
                .lines()
                .map(Inspector::localeKey)
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> missing = view
                .source()
                .texts("SELECT DISTINCT unnest(ARRAY [datcollate, datctype]) FROM pg_database"
                        + " WHERE datname = current_database()")
                .stream()
                .filter(locale -> !Set.of("c", "posix", "cutf8").contains(localeKey(locale)))
                .filter(locale -> !known.contains(localeKey(locale)))
                .toList();
        if (!missing.isEmpty() && !known.isEmpty()) {
            findings.blocker(
                    "database-locale",
                    "Expected the locale " + Words.list(missing) + " on the target, but found it not",
                    "generate it there (locale-gen) and restart PostgreSQL");
        }
        String versions = "SELECT coalesce(max(pg_collation_actual_version(oid)), 'unknown') FROM pg_collation"
                + " WHERE collprovider = 'c' AND collcollate NOT IN ('C', 'POSIX')";
        String here = view.source().text(versions);
        String there = view.target().text(versions);
        if (!here.equals(there)) {
            findings.note(
                    "database-collation",
                    "the C library sorts by version " + here + " on the source, " + there + " on the target",
                    "a dump builds every index anew, so that none is wrong");
        }
    }

    private static String localeKey(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace(".", "");
    }

    private static void extensions(Findings.Place findings, Session source, Session target) {
        List<String> needed = source.texts("SELECT extname FROM pg_extension ORDER BY 1");
        List<String> available = target.texts("SELECT name FROM pg_available_extensions");
        List<String> missing =
                needed.stream().filter(name -> !available.contains(name)).toList();
        if (!missing.isEmpty()) {
            findings.blocker(
                    "database-extension",
                    "Expected the extensions " + Words.list(missing) + " on the target, but found them not available",
                    "install their packages for PostgreSQL " + target.major() + " there");
        }
    }

    private static void roles(Findings.Place findings, Session source, Session target) {
        List<String> needed = Roles.needed(source);
        List<String> present = Roles.present(target, needed);
        List<String> missing =
                needed.stream().filter(role -> !present.contains(role)).toList();
        findings.noteEach(
                "database-role",
                "roles that the target lacks",
                "they are made as they are on the source, with their passwords",
                missing);
        // Hashes of the verifiers are compared, inside the program: the verifiers themselves go nowhere.
        String attributes = """
                SELECT format('%s %s', rolname, md5(concat_ws(' ', rolsuper, rolcanlogin, rolbypassrls, rolpassword)))
                  FROM pg_authid WHERE rolname = ANY (?) ORDER BY 1
                """;
        Set<String> here = Set.copyOf(source.texts(attributes, (Object) present.toArray(String[]::new)));
        findings.warningEach(
                "database-role-differs",
                "roles that the target has with another password or other attributes",
                "Godwit leaves them: see that the application can log in with its password on the target",
                target.texts(attributes, (Object) present.toArray(String[]::new)).stream()
                        .filter(role -> !here.contains(role))
                        .map(role -> role.substring(0, role.lastIndexOf(' ')))
                        .filter(role -> !role.equals("postgres"))
                        .toList());
    }

    private static void tablespaces(Findings.Place findings, Session source, Session target) {
        List<String> present = target.texts("SELECT spcname FROM pg_tablespace");
        List<String> missing = source
                .texts("SELECT DISTINCT t.spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace"
                        + " WHERE t.spcname NOT IN ('pg_global', 'pg_default')")
                .stream()
                .filter(name -> !present.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            findings.blocker(
                    "database-tablespace",
                    "Expected the tablespaces " + Words.list(missing) + " on the target, but found them not",
                    "make them there, or move the tables to the default one");
        }
    }

    private static void room(Findings.Place findings, View view) {
        Reply reply = view.targetServer()
                .run(Script.of(
                        "df -Pk -- \"$1\" | { read -r _; read -r _ _ _ free _; echo \"$free\"; }",
                        view.target().text("SHOW data_directory")));
        if (!reply.ok() || reply.out().isBlank()) {
            findings.warning(
                    "database-disk",
                    "the free room in the target's data directory could not be read",
                    "look yourself (df)");
            return;
        }
        long free = Long.parseLong(reply.out().strip()) << 10;
        long bytes = view.source().number("SELECT pg_database_size(current_database())");
        if (free < bytes * ROOM) {
            findings.blocker(
                    "database-disk",
                    "Expected " + ROOM + " times the database's " + (bytes >> 20)
                            + " MiB free in the target's data directory, but found " + (free >> 20) + " MiB",
                    "make room there");
        }
    }

    private static void settings(Findings.Place findings, Session source, Session target) {
        int wanted = Integer.parseInt(source.text("SHOW max_connections"));
        int found = Integer.parseInt(target.text("SHOW max_connections"));
        if (found < wanted) {
            findings.warning(
                    "database-connections",
                    "max_connections is " + found + " on the target, " + wanted + " on the source",
                    "raise it if the application needs as many");
        }
        String here = source.text("SHOW listen_addresses");
        String there = target.text("SHOW listen_addresses");
        if (!there.equals(here)) {
            findings.warning(
                    "database-listen",
                    "PostgreSQL listens on '" + there + "' on the target, on '" + here + "' on the source",
                    "see that the application reaches it on the target");
        }
        List<String> libraries =
                Arrays.asList(target.text("SHOW shared_preload_libraries").split(", *"));
        findings.warningEach(
                "database-preload",
                "libraries that only the source preloads",
                "add them to shared_preload_libraries on the target where the application needs them",
                Arrays.stream(source.text("SHOW shared_preload_libraries").split(", *"))
                        .filter(library -> !library.isBlank() && !libraries.contains(library))
                        .toList());
    }
}
