package dev.godwit.activities.database.postgresql;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.godwit.activities.Pause;
import dev.godwit.activities.host.Script;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Progress;
import io.temporal.failure.ApplicationFailure;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows of databases and adds up a hash of each of them: 64 bits, without overflow. The sum does not depend on
 * the order of rows and counts duplicates, which a bitwise exclusive or would cancel. Each database is read by a few
 * sessions at the same time, largest tables first.
 *
 * <p>Values are hashed as they are stored where that means the same on both servers, which takes a third of the time; all
 * others by their text, in one fixed set of session settings.
 */
final class Counting implements AutoCloseable {
    /** What stands for all large objects in the list of tables. */
    static final String LARGE_OBJECTS = "large objects";

    private static final Duration TABLE = Duration.ofHours(6);
    private static final int BEAT_SECONDS = 1;
    private static final int SESSIONS = 8;

    /** Of so many tables, the largest, a later count need not begin anew. */
    private static final int KNOWN = 1000;

    /** What a row keeps of the identifier of its transaction. */
    private static final long IDENTIFIER = 0xFFFF_FFFFL;

    /** Identifiers of transactions are compared by their distance, which is right up to half of them. */
    private static final long COMPARABLE = 1L << 30;

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
                SELECT o.loid, o.pageno, o.data || substr(z.page, 1, length(z.page) - length(o.data)) AS data, z.page AS zero
                  FROM pg_largeobject o CROSS JOIN zeros z),
            lengths AS (
                SELECT m.oid, pg_get_userbyid(m.lomowner) AS owner,
                       max(o.pageno::bigint * length(z.page) + length(o.data)) AS length
                  FROM pg_largeobject_metadata m CROSS JOIN zeros z LEFT JOIN pg_largeobject o ON o.loid = m.oid
                 GROUP BY m.oid, m.lomowner)
            SELECT (SELECT count(*) FROM lengths),
                   coalesce((SELECT sum(hashtextextended(concat_ws(' ', oid, owner, length), 0)) FROM lengths), 0)
                   + coalesce((SELECT sum(hashtextextended(concat_ws(' ', loid, pageno, md5(data)), 0)) FROM pages
                                WHERE data <> zero), 0)
            """;

    /** Which database it is, the oldest transaction that was not over, and the next one. */
    private static final String MOMENT = """
            SELECT d.oid, txid_snapshot_xmin(s), txid_snapshot_xmax(s)
              FROM pg_database d CROSS JOIN txid_current_snapshot() s WHERE d.datname = current_database()
            """;

    private final Connections connections;
    private final Context context;
    private final boolean stored;
    private final Collection<Session> sessions = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable CompletableFuture<Both> begun;
    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();
    private volatile boolean aborted;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong total = new AtomicLong();

    /**
     * Begins nothing yet.
     *
     * @param stored whether both servers hash what they store alike, see {@link #hashAlike}
     */
    Counting(Connections connections, Context context, boolean stored) {
        this.connections = connections;
        this.context = context;
        this.stored = stored;
    }

    /** What was counted. */
    record Figures(long rows, BigDecimal checksum) {
        static Figures read(ResultSet row) throws SQLException {
            return new Figures(row.getLong(1), row.getBigDecimal(2));
        }

        boolean same(Figures other) {
            return rows == other.rows && checksum.compareTo(other.checksum) == 0;
        }

        @Override
        public String toString() {
            return rows + " rows, checksum " + checksum.toPlainString();
        }
    }

    /**
     * What an earlier count found, for a later one. It holds for a table to which nothing was written since: all of its
     * rows are older than any transaction that was not over then, so each of them was counted; and there are as many.
     *
     * @param database the identifier of the database ({@code pg_database.oid})
     * @param oldest the oldest transaction that was not over before it was counted
     * @param next the first one that was not over or under way
     * @param answers to what was asked about the largest tables
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Known(long database, long oldest, long next, Map<String, Figures> answers) {
        static final Known NOTHING = new Known(0, 0, 0, Map.of());

        Known {
            answers = answers == null ? Map.of() : Map.copyOf(answers);
        }
    }

    /** One side. */
    record Counted(Map<String, Figures> tables, Set<String> materialized, Known known) {}

    /** Both sides of a database. */
    record Both(Counted source, Counted target) {}

    /**
     * A table, as its side has it.
     *
     * @param columns what is hashed of a row, as SQL
     */
    private record Table(String name, long bytes, boolean materialized, String columns) {}

    private record Moment(long database, long oldest, long next) {
        static Moment read(ResultSet row) throws SQLException {
            return new Moment(row.getLong(1), row.getLong(2), row.getLong(3));
        }

        /** Whether transactions of then and now can be told apart. */
        boolean follows(Known known) {
            return known.database() == database && known.oldest() <= oldest && next - known.oldest() < COMPARABLE;
        }

        /** Whether no transaction of the whole server has ended since that could have written. */
        boolean isStill(Known known) {
            return known.oldest() == known.next() && known.next() == next;
        }
    }

    /** What one major version hashes another may hash in another way. */
    static boolean hashAlike(Session source, Session target) {
        return source.major() == target.major() && source.major() >= ROW_HASH;
    }

    /**
     * Counts both sides, in the background.
     *
     * @param onTarget what the database is called there
     */
    void begin(String onTarget, CountedAhead known) {
        CompletableFuture<Counted> source = CompletableFuture.supplyAsync(
                () -> count(Side.SOURCE, context.database().name(), known.source()), threads);
        CompletableFuture<Counted> target =
                CompletableFuture.supplyAsync(() -> count(Side.TARGET, onTarget, known.target()), threads);
        begun = source.thenCombine(target, Both::new);
    }

    boolean hasBegun() {
        return begun != null;
    }

    private Counted count(Side side, String database, Known known) {
        Session first = open(side, database);
        // Before any of its tables is read: what is over by now, each of the reads sees.
        Moment moment = first.one(MOMENT, Moment::read);
        Known before = moment.follows(known) ? known : Known.NOTHING;
        boolean still = moment.isStill(before);
        List<Table> tables = first.list(
                TABLES, row -> new Table(row.getString(1), row.getLong(2), row.getBoolean(3), row.getString(4)));
        total.addAndGet(tables.stream().mapToLong(Table::bytes).sum());
        Queue<Table> queue = new ConcurrentLinkedQueue<>(tables);
        Map<String, Figures> figures = new ConcurrentHashMap<>();
        Map<String, Figures> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> work = new ArrayList<>();
        int workers = Math.min(workers(first, side), Math.max(1, tables.size()));
        for (int i = 1; i < workers; i++) {
            Session session = open(side, database);
            work.add(run(() -> count(session, queue, before, still, figures, answers)));
        }
        work.add(run(() -> {
            figures.put(LARGE_OBJECTS, first.one(LARGE, Figures::read));
            count(first, queue, before, still, figures, answers);
        }));
        CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).join();
        Set<String> materialized =
                tables.stream().filter(Table::materialized).map(Table::name).collect(Collectors.toSet());
        return new Counted(
                figures, materialized, new Known(moment.database(), moment.oldest(), moment.next(), answers));
    }

    /** What fails ends all the rest: nobody waits for hours to hear of it. */
    private CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, threads).whenComplete((result, failure) -> {
            if (failure != null) {
                cause.compareAndSet(null, failure.getCause());
                abort();
            }
        });
    }

    private void count(
            Session session,
            Queue<Table> queue,
            Known known,
            boolean still,
            Map<String, Figures> figures,
            Map<String, Figures> answers) {
        for (Table table = queue.poll(); table != null; table = queue.poll()) {
            String question = sums(table);
            Figures answer = answer(session, table, question, known, still);
            figures.put(table.name(), answer);
            if (answers.size() < KNOWN) {
                answers.put(question, answer);
            }
            done.addAndGet(table.bytes());
        }
    }

    private static Figures answer(Session session, Table table, String question, Known known, boolean still) {
        Figures before = known.answers().get(question);
        if (before != null
                && (still
                        || session.test(untouched(table), before.rows(), Long.toString(known.oldest() & IDENTIFIER)))) {
            return before;
        }
        return session.one(question, Figures::read);
    }

    /** Waits for what was begun. */
    Both await(Consumer<Progress> heartbeat) {
        CompletableFuture<Both> both = requireNonNull(begun, "nothing was begun");
        while (true) {
            try {
                return both.get(BEAT_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                heartbeat.accept(new Progress("comparing " + context.database().name(), done.get(), total.get()));
            } catch (ExecutionException e) {
                // The others only say that they were ended.
                if (requireNonNullElse(cause.get(), e.getCause()) instanceof ApplicationFailure failure) {
                    throw failure;
                }
                throw new IllegalStateException(
                        "Expected to compare " + context.database().name(), e);
            } catch (InterruptedException e) {
                throw Pause.stopped(
                        FailureType.DATABASE_FAILED,
                        "to compare " + context.database().name(),
                        "try again",
                        e);
            }
        }
    }

    /** Ends what is still going on, on the servers too. */
    @Override
    public void close() {
        if (begun != null && !begun.isDone()) {
            abort();
        }
        threads.close();
        sessions.forEach(Session::close);
    }

    /** Ends the queries; in threads that nobody has interrupted. */
    private void abort() {
        aborted = true;
        CompletableFuture.allOf(sessions.stream()
                        .map(session -> CompletableFuture.runAsync(session::abort, threads))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private String sums(Table table) {
        String hash = stored
                ? "hash_record_extended(ROW(" + table.columns() + "), 0)"
                : "hashtextextended(ROW(godwit_row.*)::text COLLATE \"C\", 0)";
        return "SELECT count(*), coalesce(sum(" + hash + "), 0) FROM ONLY " + table.name() + " AS godwit_row";
    }

    /** Asks whether a table has so many rows, each older than a transaction. */
    private static String untouched(Table table) {
        return "SELECT count(*) = ? AND count(*) FILTER (WHERE age(godwit_row.xmin) <= age(?::text::xid)) = 0 FROM ONLY "
                + table.name() + " AS godwit_row";
    }

    /** As many as the server has processors, but few enough for its connection limit. */
    private int workers(Session session, Side side) {
        String processors = context.server(side).output(Script.of("nproc")).strip();
        long free = session.number("SELECT current_setting('max_connections')::int - count(*) FROM pg_stat_activity");
        return Math.clamp(Math.min(Math.max(2, Integer.parseInt(processors)), free / 2), 1, SESSIONS);
    }

    private Session open(Side side, String database) {
        Session session = connections.open(context.server(side), context.database(), side, database);
        sessions.add(session);
        if (aborted) {
            session.abort();
        }
        SETTINGS.forEach(session::execute);
        return session.patient(TABLE);
    }
}
