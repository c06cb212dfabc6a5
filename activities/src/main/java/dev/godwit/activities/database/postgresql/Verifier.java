package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.Heartbeats;
import dev.godwit.activities.host.Script;
import dev.godwit.workflows.activity.FailureType;
import dev.godwit.workflows.activity.Loss;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.Progress;
import dev.godwit.workflows.spec.Side;
import io.temporal.failure.ApplicationFailure;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Compares both sides by another reader than the one that copied: a query that hashes each row to 64 bits and adds the
 * hashes up, without overflow. The sum does not depend on the order of rows and counts duplicates, which a bitwise
 * exclusive or would cancel.
 *
 * <p>Values are hashed as they are stored where that means the same on both servers, which takes a third of the time; all
 * others by their text, in one fixed set of session settings.
 */
final class Verifier {
    private static final Duration TABLE = Duration.ofHours(6);
    private static final int BEAT_SECONDS = 1;
    private static final int SESSIONS = 8;
    private static final int SHOWN = 20;

    private static final String LARGE_OBJECTS = "large objects";

    /** What the text of a value depends on. */
    private static final List<String> SETTINGS = List.of(
            "SET search_path = ''",
            "SET datestyle = 'ISO, YMD'",
            "SET intervalstyle = 'postgres'",
            "SET timezone = 'UTC'",
            "SET extra_float_digits = 3",
            "SET bytea_output = 'hex'",
            "SET xmloption = 'content'",
            "SET lc_monetary = 'C'",
            "SET quote_all_identifiers = off",
            "SET row_security = off");

    /** Before it there is no hash of rows (PostgreSQL manual, release notes of version 14). */
    private static final int ROW_HASH = 14;

    /**
     * What is hashed of each table. The hash of a 64-bit number has only 32 bits, that of a numeric ignores its scale, that
     * of a char its blanks: these are hashed by the bytes that the server would send. The row's alias is always followed by
     * a point, so that a column of that name cannot take its place.
     */
    private static final String TABLES = """
            SELECT format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid), c.relkind = 'm',
                   coalesce(string_agg(
                       CASE WHEN a.attname IS NULL THEN NULL
                            WHEN a.atttypid::regtype::text IN ('smallint', 'integer', 'boolean', 'oid', 'date', 'text',
                                     'character varying', 'bytea', 'uuid')
                            THEN format('godwit_row.%I', a.attname)
                            WHEN a.atttypid::regtype::text IN ('bigint', 'timestamp without time zone', 'timestamp with time zone',
                                     'time without time zone', 'real', 'double precision', 'numeric', 'character')
                            THEN format('%s(godwit_row.%I)', t.typsend::regproc, a.attname)
                            ELSE format('godwit_row.%I::text', a.attname) END, ', ' ORDER BY a.attnum), '')
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_type t ON t.oid = a.atttypid
             WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated) AND c.relpersistence <> 't'
               AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
               AND NOT EXISTS (SELECT FROM pg_depend x
                                WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
             GROUP BY c.oid, n.nspname, c.relname, c.relkind
             ORDER BY 2 DESC
            """;

    /**
     * Contents by page, filled up with zeros and without pages of zeros: a dump writes out what was a hole (PostgreSQL
     * manual, chapter 53.30). The last line stands for owners and lengths.
     */
    private static final String LARGE = """
            WITH zeros AS (
                SELECT decode(repeat('00', current_setting('block_size')::int / 4), 'hex') AS page),
            pages AS (
                SELECT o.loid, o.pageno, length(o.data) AS length,
                       o.data || substr(zeros.page, 1, length(zeros.page) - length(o.data)) AS data, zeros.page AS zero
                  FROM pg_largeobject o CROSS JOIN zeros),
            lengths AS (
                SELECT m.oid, pg_get_userbyid(m.lomowner) AS owner,
                       (SELECT max(p.pageno::bigint * length(p.zero) + p.length) FROM pages p WHERE p.loid = m.oid) AS length
                  FROM pg_largeobject_metadata m)
            SELECT (SELECT count(*) FROM lengths),
                   coalesce((SELECT sum(hashtextextended(concat_ws(' ', oid, owner, length), 0)) FROM lengths), 0)
                   + coalesce((SELECT sum(hashtextextended(concat_ws(' ', loid, pageno, md5(data)), 0)) FROM pages
                                WHERE data <> zero), 0)
            """;

    private final Connections connections;
    private final Heartbeats heartbeats;

    Verifier(Connections connections, Heartbeats heartbeats) {
        this.connections = connections;
        this.heartbeats = heartbeats;
    }

    /**
     * A table, as its side has it.
     *
     * @param columns what is hashed of a row, as SQL
     */
    private record Table(String name, long bytes, boolean materialized, String columns) {}

    /** What was counted. */
    record Figures(long rows, BigDecimal checksum) {
        @Override
        public String toString() {
            return rows + " rows, checksum " + checksum.toPlainString();
        }
    }

    /** One side. */
    private record Counted(Map<String, Figures> tables, Set<String> materialized) {}

    Outcome verify(Context context) {
        List<String> problems = new ArrayList<>();
        List<String> sequences;
        Schema schema;
        try (Session source = open(context, Side.SOURCE);
                Session target = open(context, Side.TARGET)) {
            schema = Schema.read(source);
            problems.addAll(schema.differences(Schema.read(target)));
            Sequences.followAfterCrash(source, target);
            sequences = sequenceDifferences(source, target);
            problems.addAll(sequences);
        }
        Map<Side, Counted> counted = count(context);
        Counted source = sideOf(counted, Side.SOURCE);
        Counted target = sideOf(counted, Side.TARGET);
        Set<String> refreshed = new TreeSet<>();
        for (String table : differing(source, target)) {
            if (source.materialized().contains(table)) {
                // A restore computes it anew, so that it may be younger than the source's.
                refreshed.add(table);
            } else {
                problems.add(table + " has " + words(source, table) + " on the source, " + words(target, table)
                        + " on the target");
            }
        }
        String name = context.database().name();
        if (!problems.isEmpty()) {
            throw FailureType.VERIFICATION_FAILED.because("Expected " + name
                    + " to be the same on both sides, but found " + problems.size()
                    + " differences: "
                    + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
                    + "; copy the database again, or roll back");
        }
        long rows = source.tables().values().stream().mapToLong(Figures::rows).sum();
        return Outcome.of(rows + " rows in " + (source.tables().size() - 1) + " tables of " + name
                + ", its large objects, sequences and " + schema.objects().size()
                + " objects of its schema are the same on both sides"
                + (refreshed.isEmpty()
                        ? ""
                        : "; refreshed by the copy, and younger than on the source: " + String.join(", ", refreshed)));
    }

    /** What only the target has. */
    Loss loss(Context context) {
        Map<Side, Counted> counted = count(context);
        Counted source = sideOf(counted, Side.SOURCE);
        Counted target = sideOf(counted, Side.TARGET);
        long rows = 0;
        List<String> words = new ArrayList<>();
        for (String table : differing(source, target)) {
            if (source.materialized().contains(table) || target.materialized().contains(table)) {
                continue;
            }
            long more = rows(target, table) - rows(source, table);
            if (more > 0) {
                rows += more;
                words.add(table + ": " + more + " more rows");
            } else {
                // At least one row: which ones were changed, sums do not tell.
                rows += 1;
                words.add(table + ": rows changed" + (more < 0 ? ", " + -more + " fewer" : ""));
            }
        }
        return new Loss(
                rows,
                words.isEmpty()
                        ? context.database().name() + ": nothing was written on the target"
                        : context.database().name() + ": " + String.join("; ", words));
    }

    private static List<String> sequenceDifferences(Session source, Session target) {
        Map<String, String> here = new TreeMap<>();
        Sequences.states(source).forEach(state -> here.put(state.name(), state.toString()));
        Map<String, String> there = new TreeMap<>();
        Sequences.states(target).forEach(state -> there.put(state.name(), state.toString()));
        Set<String> names = new TreeSet<>(here.keySet());
        names.addAll(there.keySet());
        return names.stream()
                .filter(name -> !String.valueOf(here.get(name)).equals(String.valueOf(there.get(name))))
                .map(name -> "sequence " + name + " is at " + here.getOrDefault(name, "nothing") + " on the source, at "
                        + there.getOrDefault(name, "nothing") + " on the target")
                .toList();
    }

    private static List<String> differing(Counted source, Counted target) {
        Set<String> names = new TreeSet<>(source.tables().keySet());
        names.addAll(target.tables().keySet());
        Predicate<String> same = name -> {
            Figures here = source.tables().get(name);
            Figures there = target.tables().get(name);
            return here != null
                    && there != null
                    && here.rows() == there.rows()
                    && here.checksum().compareTo(there.checksum()) == 0;
        };
        return names.stream().filter(same.negate()).toList();
    }

    private static long rows(Counted side, String table) {
        Figures figures = side.tables().get(table);
        return figures == null ? 0 : figures.rows();
    }

    private static String words(Counted side, String table) {
        Figures figures = side.tables().get(table);
        return figures == null ? "nothing" : figures.toString();
    }

    private static Counted sideOf(Map<Side, Counted> counted, Side side) {
        Counted result = counted.get(side);
        if (result == null) {
            throw new IllegalStateException("both sides were counted");
        }
        return result;
    }

    /** Counts both sides at the same time, largest tables first, with a few sessions on each. */
    private Map<Side, Counted> count(Context context) {
        Collection<Session> sessions = new ConcurrentLinkedQueue<>();
        AtomicLong done = new AtomicLong();
        AtomicLong total = new AtomicLong();
        Map<Side, Counted> result = new ConcurrentHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> work = new ArrayList<>();
            boolean complete = false;
            try {
                Map<Side, Session> firsts = new EnumMap<>(Side.class);
                for (Side side : Side.values()) {
                    firsts.put(side, openFixed(context, side, sessions));
                }
                // What one major version hashes another may hash in another way.
                Set<Integer> versions =
                        firsts.values().stream().map(Session::major).collect(Collectors.toSet());
                boolean stored = versions.size() == 1 && Collections.min(versions) >= ROW_HASH;
                for (Map.Entry<Side, Session> entry : firsts.entrySet()) {
                    Side side = entry.getKey();
                    Session first = entry.getValue();
                    List<Table> tables = first.list(
                            TABLES,
                            row -> new Table(row.getString(1), row.getLong(2), row.getBoolean(3), row.getString(4)));
                    total.addAndGet(tables.stream().mapToLong(Table::bytes).sum());
                    Map<String, Figures> figures = new ConcurrentHashMap<>();
                    Set<String> materialized = ConcurrentHashMap.newKeySet();
                    tables.stream().filter(Table::materialized).map(Table::name).forEach(materialized::add);
                    result.put(side, new Counted(figures, materialized));
                    Queue<Table> queue = new ConcurrentLinkedQueue<>(tables);
                    int workers = Math.min(workers(first, context, side), Math.max(1, tables.size()));
                    for (int i = 0; i < workers; i++) {
                        boolean last = i == workers - 1;
                        Session session = i == 0 ? first : openFixed(context, side, sessions);
                        work.add(CompletableFuture.runAsync(
                                () -> {
                                    if (last) {
                                        figures.put(LARGE_OBJECTS, session.one(LARGE, Verifier::figures));
                                    }
                                    for (Table table = queue.poll(); table != null; table = queue.poll()) {
                                        figures.put(table.name(), session.one(sums(table, stored), Verifier::figures));
                                        done.addAndGet(table.bytes());
                                    }
                                },
                                threads));
                    }
                }
                await(CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)), context, done, total);
                complete = true;
            } finally {
                if (!complete) {
                    // Ends the queries, on the servers too; in threads that nobody has interrupted.
                    CompletableFuture.allOf(sessions.stream()
                                    .map(session -> CompletableFuture.runAsync(session::abort, threads))
                                    .toArray(CompletableFuture[]::new))
                            .join();
                }
            }
        } finally {
            sessions.forEach(Session::close);
        }
        return result;
    }

    private void await(CompletableFuture<Void> work, Context context, AtomicLong done, AtomicLong total) {
        while (true) {
            try {
                work.get(BEAT_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                heartbeats.beat(new Progress("comparing " + context.database().name(), done.get(), total.get()));
            } catch (ExecutionException | CompletionException e) {
                if (e.getCause() instanceof ApplicationFailure failure) {
                    throw failure;
                }
                throw new IllegalStateException(
                        "Expected to compare " + context.database().name(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw FailureType.DATABASE_FAILED.because(
                        "Expected to compare " + context.database().name() + ", but was interrupted; try again", e);
            }
        }
    }

    private static String sums(Table table, boolean stored) {
        String hash = stored
                ? "hash_record_extended(ROW(" + table.columns() + "), 0)"
                : "hashtextextended(ROW(godwit_row.*)::text COLLATE \"C\", 0)";
        return "SELECT count(*), coalesce(sum(" + hash + "), 0) FROM ONLY " + table.name() + " AS godwit_row";
    }

    private static Figures figures(ResultSet row) throws SQLException {
        return new Figures(row.getLong(1), row.getBigDecimal(2));
    }

    /** As many as the server has processors, but few enough for its connection limit. */
    private static int workers(Session session, Context context, Side side) {
        String processors = context.server(side).output(Script.of("nproc")).strip();
        long free = session.number("SELECT current_setting('max_connections')::int - count(*) FROM pg_stat_activity");
        return Math.clamp(Math.min(Math.max(2, Integer.parseInt(processors)), free / 2), 1, SESSIONS);
    }

    private Session openFixed(Context context, Side side, Collection<Session> sessions) {
        Session session = open(context, side);
        sessions.add(session);
        SETTINGS.forEach(session::execute);
        return session.patient(TABLE);
    }

    private Session open(Context context, Side side) {
        return connections.open(
                context.server(side),
                context.database(),
                side,
                context.database().name());
    }
}
