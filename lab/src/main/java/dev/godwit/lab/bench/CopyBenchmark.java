package dev.godwit.lab.bench;

import dev.godwit.activities.database.postgresql.Postgresql;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.lab.Words;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.Undo;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CopyDatabase;
import dev.godwit.workflows.plan.Step.Pass;
import dev.godwit.workflows.spec.CopyMethod;
import dev.godwit.workflows.spec.PostgresqlDatabase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Godwit's dump copy of a database beside what people type, and beside Debian's pgcopydb. */
final class CopyBenchmark implements Benchmark {
    private static final String NAME = "bench";
    private static final PostgresqlDatabase DATABASE = new PostgresqlDatabase(NAME, CopyMethod.DUMP, 5432, null, null);

    /** Some twenty tables of a shop, and a few with many narrow rows, to 1.5 GB. */
    private static final String MAKE = """
            set -e
            cd /
            as() { runuser -u postgres -- "$@"; }
            as createdb -T shop "$1"
            as psql -Xq -v ON_ERROR_STOP=1 -d "$1" <<'END'
            DO $$ BEGIN
              FOR part IN 1..5 LOOP
                EXECUTE format('CREATE TABLE events_%s AS SELECT i AS id, md5(i::text) AS token, i %% 977 AS kind,
                    timestamptz ''2025-01-01'' + i * interval ''1 second'' AS at, repeat(md5((i * 7)::text), 3) AS words
                    FROM generate_series(1, 1100000) i', part);
                EXECUTE format('ALTER TABLE events_%s ADD PRIMARY KEY (id)', part);
                EXECUTE format('CREATE INDEX ON events_%s (at)', part);
              END LOOP;
            END $$;
            VACUUM ANALYZE;
            END
            as psql -XAtc "SELECT pg_database_size('$1')"
            """;

    /** $1 the target's address: it may ask without a password and without encryption, which favours the others. */
    private static final String LET_IN = """
            set -e
            cd /
            hba=$(runuser -u postgres -- psql -XAtc 'SHOW hba_file')
            echo "host all postgres $1/32 trust" >>"$hba"
            runuser -u postgres -- psql -Xqc "ALTER SYSTEM SET listen_addresses = '*'"
            systemctl restart postgresql
            """;

    private static final String PLAIN = """
            set -e
            cd /
            runuser -u postgres -- createdb "$2"
            runuser -u postgres -- sh -c 'pg_dump -h "$1" --no-owner "$2" | psql -Xq -v ON_ERROR_STOP=1 -d "$2" >/dev/null' sh "$1" "$2"
            """;

    private static final String PGCOPYDB = """
            set -e
            cd /
            runuser -u postgres -- createdb "$2"
            rm -rf /tmp/pgcopydb
            runuser -u postgres -- pgcopydb clone --source "postgres://postgres@$1/$2" --target "postgres:///$2" \\
                --table-jobs 2 --index-jobs 2 --no-owner --no-acl --dir /tmp/pgcopydb >/tmp/pgcopydb.log 2>&1 ||
                { tail -n 20 /tmp/pgcopydb.log >&2; exit 1; }
            """;

    private static final String DROP = "cd / && runuser -u postgres -- dropdb --force \"$1\"";

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String words() {
        return "a dump copy of 1.5 GB from one server of the lab to the other, both on this machine's cores: Godwit's, as"
                + " its step does it, through ssh; `pg_dump | psql`; Debian's pgcopydb with two jobs; the two others"
                + " without any encryption";
    }

    @Override
    public int rounds() {
        return 5;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        try (TwoHosts hosts = new TwoHosts(bench.terminal())) {
            String size = hosts.source().output(Script.of(MAKE, NAME)).strip();
            bench.terminal().event("the database has " + Words.bytes(Long.parseLong(size)));
            hosts.source().output(Script.of(LET_IN, hosts.migration().target().address()));
            Map<String, List<Double>> times = new LinkedHashMap<>();
            List<Runnable> turns = new ArrayList<>(List.of(
                    () -> godwit(hosts, times),
                    () -> other(hosts, PLAIN, "pg_dump | psql", times),
                    () -> other(hosts, PGCOPYDB, "pgcopydb", times)));
            for (int round = 0; round < rounds; round++) {
                turns.forEach(Runnable::run);
                bench.terminal().event("round " + (round + 1) + ": " + times);
                // Nobody always comes first.
                Collections.rotate(turns, 1);
            }
            List<Double> godwit = times.getOrDefault("Godwit", List.of());
            List<Figure> figures = new ArrayList<>();
            for (String other : List.of("pg_dump | psql", "pgcopydb")) {
                figures.add(Figure.median(
                        "dump copy of 1.5 GB, against `" + other.replace("|", "\\|") + "`",
                        Series.ratios(godwit, times.getOrDefault(other, List.of())),
                        1.0));
            }
            times.forEach((who, seconds) -> figures.add(
                    Figure.shown("the same, " + who.replace("|", "\\|"), new Series(seconds, Unit.SECONDS))));
            return figures;
        }
    }

    private static void godwit(TwoHosts hosts, Map<String, List<Double>> times) {
        Postgresql hands = new Postgresql(
                hosts.servers(),
                new SystemdJobs(),
                reference -> {
                    throw new IllegalStateException("Expected no secret to be needed, but found " + reference);
                },
                progress -> {});
        CopyDatabase step = new CopyDatabase(DATABASE, Pass.FIRST);
        note(
                times,
                "Godwit",
                hosts.seconds(
                        () -> hands.copy(new Act<>(hosts.migration(), "copy", step, BeforeImage.NOTHING), DATABASE)));
        hands.dropCopy(new Undo<>(hosts.migration(), "copy", step, BeforeImage.NOTHING), DATABASE);
    }

    private static void other(TwoHosts hosts, String script, String who, Map<String, List<Double>> times) {
        Script run = Script.of(script, hosts.migration().source().address(), NAME);
        note(times, who, hosts.seconds(() -> hosts.target().output(run)));
        hosts.target().output(Script.of(DROP, NAME));
    }

    private static void note(Map<String, List<Double>> times, String who, double seconds) {
        times.computeIfAbsent(who, name -> new ArrayList<>()).add(seconds);
    }
}
