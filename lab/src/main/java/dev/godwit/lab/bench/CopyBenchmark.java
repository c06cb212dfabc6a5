package dev.godwit.lab.bench;

import dev.godwit.activities.database.DatabaseEngine;
import dev.godwit.activities.database.postgresql.Postgresql;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.Words;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.database.CopyMethod;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.step.Pass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Godwit's dump copy of a database beside what people type, and beside Debian's pgcopydb. */
final class CopyBenchmark implements Benchmark {
    private static final String NAME = "bench";
    private static final PostgresqlDatabase DATABASE = new PostgresqlDatabase(NAME, CopyMethod.DUMP, 5432, null, null);

    /** The seed of the lab's shop: some twenty tables with keys, indexes, a view and large objects. */
    private static final List<String> SEED = List.of("schema.sql", "rows.sql", "rules.sql");

    /** $1 the name, $2 the scale; the seed comes over standard input. Whatever else works on the source is stopped. */
    private static final String MAKE = """
            set -e
            cd /
            as() { runuser -u postgres -- "$@"; }
            systemctl stop shop shop-worker cron
            as createdb -O shop "$1"
            export PGOPTIONS='-c role=shop -c statement_timeout=0 -c TimeZone=UTC -c maintenance_work_mem=256MB'
            as psql -Xq -v ON_ERROR_STOP=1 -v k="$2" -d "$1" --single-transaction >/dev/null
            unset PGOPTIONS
            as psql -Xqc 'VACUUM (FREEZE, ANALYZE)' -d "$1"
            as psql -XAtc 'SELECT pg_database_size(current_database())' -d "$1"
            """;

    /** $1 the target's address: it may ask without a password, and not with encryption, which favours the others. */
    private static final String LET_IN = """
            set -e
            cd /
            hba=$(runuser -u postgres -- psql -XAtc 'SHOW hba_file')
            echo "hostnossl all postgres $1/32 trust" >>"$hba"
            runuser -u postgres -- psql -Xqc "ALTER SYSTEM SET listen_addresses = '*'"
            systemctl restart postgresql
            """;

    /** $1 the source's address. The others do not copy roles, so they are there before, for everybody. */
    private static final String ROLES = """
            set -e
            cd /
            export PGSSLMODE=disable
            runuser -u postgres -- bash -o pipefail -c \
                'pg_dumpall --roles-only -h "$1" | sed "/ROLE postgres/d" | psql -Xq -v ON_ERROR_STOP=1' bash "$1"
            """;

    private static final String PLAIN = """
            set -e
            cd /
            export PGSSLMODE=disable
            runuser -u postgres -- createdb -O shop "$2"
            runuser -u postgres -- bash -o pipefail -c \
                'pg_dump -h "$1" "$2" | psql -Xq -v ON_ERROR_STOP=1 -d "$2" >/dev/null' bash "$1" "$2"
            """;

    private static final String PGCOPYDB = """
            set -e
            cd /
            rm -rf /tmp/pgcopydb
            runuser -u postgres -- createdb -O shop "$2"
            runuser -u postgres -- pgcopydb clone --source "postgres://postgres@$1/$2?sslmode=disable" \
                --target "postgres:///$2" --table-jobs 2 --index-jobs 2 --dir /tmp/pgcopydb >/tmp/pgcopydb.log 2>&1 ||
                { tail -n 20 /tmp/pgcopydb.log >&2; exit 1; }
            """;

    private static final String DROP = "cd / && runuser -u postgres -- dropdb --force \"$1\"";

    /** $1 the name. What a copy must hold, counted: rows, large objects, keys and indexes. */
    private static final String COUNT = """
            cd / && exec runuser -u postgres -- psql -XAt -v ON_ERROR_STOP=1 -d "$1" <<'END'
            SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM page_views), (SELECT count(*) FROM attachments),
                   (SELECT count(*) FROM audit_log), (SELECT count(*) FROM pg_largeobject_metadata),
                   (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
                   (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public')
            END
            """;

    private final int scale;

    CopyBenchmark() {
        this(172);
    }

    /**
     * With some amount of data.
     *
     * @param scale of the shop's seed; 1 is about 20 MB with what every database has
     */
    CopyBenchmark(int scale) {
        this.scale = scale;
    }

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String words() {
        return "a dump copy of a shop's database (some twenty tables with indexes and foreign keys) from one server of the"
                + " lab to the other, both on this machine's cores. Godwit copies as its step does, through ssh and"
                + " with statistics. `pg_dump | psql` and Debian's pgcopydb, with two jobs for tables and two for"
                + " indexes, use a connection without encryption. Who comes first changes with each round";
    }

    @Override
    public int rounds() {
        // Everybody is first, second and third twice.
        return 6;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        try (TwoHosts hosts = new TwoHosts(bench.terminal())) {
            hosts.use(bench, "postgresql-15", "pgcopydb", "openssh-server");
            bench.terminal().event("making the database");
            String made = hosts.source()
                    .output(Script.of(MAKE, NAME, Integer.toString(scale)).withInput(seed()));
            String size = Words.bytes(Long.parseLong(made.strip()));
            bench.terminal().event("it has " + size);
            hosts.source().output(Script.of(LET_IN, hosts.migration().target().address()));
            hosts.target().output(Script.of(ROLES, hosts.migration().source().address()));
            String held = hosts.source().output(Script.of(COUNT, NAME));
            List<Turn> turns = new ArrayList<>(
                    List.of(godwit(hosts), other(hosts, PLAIN, "pg_dump | psql"), other(hosts, PGCOPYDB, "pgcopydb")));
            Map<String, List<Double>> times = new LinkedHashMap<>();
            for (int round = 1; round <= rounds; round++) {
                for (Turn turn : turns) {
                    double seconds = hosts.seconds(turn.copy());
                    bench.terminal().event("round %d, %s: %.2f s".formatted(round, turn.who(), seconds));
                    times.computeIfAbsent(turn.who(), who -> new ArrayList<>()).add(seconds);
                    check(hosts, turn.who(), held);
                    turn.drop().run();
                }
                // Nobody always comes first.
                Collections.rotate(turns, 1);
            }
            List<Double> godwit = times.getOrDefault("Godwit", List.of());
            List<Figure> figures = new ArrayList<>();
            for (String other : List.of("pg_dump | psql", "pgcopydb")) {
                figures.add(Figure.median(
                        "dump copy of " + size + ", against `" + other.replace("|", "\\|") + "`",
                        Series.ratios(godwit, times.getOrDefault(other, List.of())),
                        1.0));
            }
            times.forEach((who, seconds) -> figures.add(
                    Figure.shown("the same, " + who.replace("|", "\\|"), new Series(seconds, Unit.SECONDS))));
            return figures;
        }
    }

    private static String seed() throws IOException {
        Path folder = LabHost.home().resolve("lab/host/site/seed");
        StringBuilder seed = new StringBuilder();
        for (String file : SEED) {
            seed.append(Files.readString(folder.resolve(file))).append('\n');
        }
        return seed.toString();
    }

    /** Somebody who copies, and how what was copied goes again. */
    private record Turn(String who, Runnable copy, Runnable drop) {}

    private static Turn godwit(TwoHosts hosts) {
        DatabaseEngine engine = new Postgresql(
                        hosts.servers(),
                        new SystemdJobs(),
                        reference -> {
                            throw new IllegalStateException("Expected no secret to be needed, but found " + reference);
                        },
                        progress -> {})
                .engine(DATABASE);
        return new Turn(
                "Godwit",
                () -> engine.copy(hosts.migration(), "copy", Pass.FIRST),
                () -> engine.dropCopy(hosts.migration()));
    }

    private static Turn other(TwoHosts hosts, String script, String who) {
        Script run = Script.of(script, hosts.migration().source().address(), NAME);
        return new Turn(
                who, () -> hosts.target().output(run), () -> hosts.target().output(Script.of(DROP, NAME)));
    }

    private static void check(TwoHosts hosts, String who, String held) {
        String copied = hosts.target().output(Script.of(COUNT, NAME));
        if (!copied.equals(held)) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected the copy of " + who + " to hold " + held + ", but found " + copied);
        }
    }
}
