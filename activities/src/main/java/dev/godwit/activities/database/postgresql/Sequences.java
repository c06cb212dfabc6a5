package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sequences, owned by a column or not. They stand outside transactions (PostgreSQL manual, chapter 9.17), so that they are
 * read from {@code last_value} and {@code is_called} once nothing writes any more, and never from {@code max(column)}.
 */
final class Sequences {
    private static final int BATCH = 200;

    /** The highest value of a column that no index helps with takes a look at the whole table. */
    private static final Duration COLUMN = Duration.ofHours(1);

    private static final String NAMES = """
            SELECT format('%I.%I', n.nspname, c.relname), s.seqincrement, s.seqcycle,
                   (SELECT format('SELECT max(%I)::numeric FROM %I.%I', a.attname, tn.nspname, t.relname)
                      FROM pg_depend d
                      JOIN pg_class t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p')
                      JOIN pg_namespace tn ON tn.oid = t.relnamespace
                      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
                     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                       AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                       AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
                     LIMIT 1)
              FROM pg_sequence s
              JOIN pg_class c ON c.oid = s.seqrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relpersistence <> 't'
             ORDER BY 1
            """;

    private final Connections connections;

    Sequences(Connections connections) {
        this.connections = connections;
    }

    /**
     * One sequence.
     *
     * @param name quoted by the server
     * @param highest asks for the highest value in the column that owns it, or null
     */
    private record Definition(
            String name,
            long increment,
            boolean cycle,
            @Nullable String highest) {}

    /** Where a sequence stands. */
    record State(String name, long lastValue, boolean called) {
        @Override
        public String toString() {
            return lastValue + (called ? "" : " (not used yet)");
        }
    }

    /**
     * Both sides beside each other.
     *
     * @param problems sequences that the target lacks, or that are ahead there, in words
     * @param behind where the target's have to be set to
     */
    private record Compared(
            List<Definition> definitions, Map<String, State> here, List<String> problems, List<State> behind) {
        static Compared of(Session source, Session target) {
            List<Definition> definitions = Sequences.definitions(source);
            Map<String, State> there =
                    states(target).stream().collect(Collectors.toMap(State::name, Function.identity()));
            Map<String, State> here =
                    states(source).stream().collect(Collectors.toMap(State::name, Function.identity()));
            List<String> problems = new ArrayList<>();
            List<State> behind = new ArrayList<>();
            for (Definition definition : definitions) {
                State wanted = here.get(definition.name());
                State found = there.get(definition.name());
                if (wanted == null) {
                    continue;
                }
                if (found == null) {
                    problems.add(definition.name() + " is missing on the target");
                } else if (!definition.cycle()
                        && next(definition, found).compareTo(next(definition, wanted))
                                        * Long.signum(definition.increment())
                                > 0) {
                    problems.add(definition.name() + " is at " + found + " on the target, ahead of " + wanted);
                } else if (!found.equals(wanted)) {
                    behind.add(wanted);
                }
            }
            return new Compared(definitions, here, problems, behind);
        }

        void catchUp(Session target) {
            behind.forEach(state -> target.list(
                    "SELECT setval(?::text::regclass, ?, ?)",
                    row -> row.getLong(1),
                    state.name(),
                    state.lastValue(),
                    state.called()));
        }
    }

    Outcome set(Context context) {
        try (Session source = open(context, Side.SOURCE);
                Session target = open(context, Side.TARGET)) {
            Compared compared = Compared.of(source, target);
            if (!compared.problems().isEmpty()) {
                throw FailureType.VERIFICATION_FAILED.because(
                        "Expected the target's sequences where the source's are or behind, but found: "
                                + String.join("; ", compared.problems())
                                + "; something writes to the target: stop it, roll back, and start again: only a new"
                                + " copy is right");
            }
            compared.catchUp(target);
            List<String> pastIts = prove(compared.definitions(), compared.here(), source, target);
            return Outcome.of("set " + compared.behind().size() + " of "
                    + compared.definitions().size() + " sequences; the next value of each is free"
                    + (pastIts.isEmpty()
                            ? ""
                            : ", but for those that are behind their column on the source too: "
                                    + String.join(", ", pastIts)));
        }
    }

    /**
     * Sets those again that are behind a source which has crashed since: PostgreSQL logs 32 values of a sequence at once,
     * so that it comes back ahead of where it stood (PostgreSQL manual, CREATE SEQUENCE, notes). Leaves everything else
     * for the comparison to find.
     */
    static void followAfterCrash(Session source, Session target) {
        Compared compared = Compared.of(source, target);
        if (compared.problems().isEmpty()) {
            compared.catchUp(target);
        }
    }

    /** Every sequence of a database, as it stands. */
    static List<State> states(Session session) {
        List<String> names = definitions(session).stream().map(Definition::name).toList();
        List<State> states = new ArrayList<>();
        for (int i = 0; i < names.size(); i += BATCH) {
            List<String> batch = names.subList(i, Math.min(i + BATCH, names.size()));
            states.addAll(session.list(
                    batch.stream()
                            .map(name -> "SELECT " + literal(name) + ", last_value, is_called FROM " + name)
                            .collect(Collectors.joining(" UNION ALL ")),
                    row -> new State(row.getString(1), row.getLong(2), row.getBoolean(3))));
        }
        return states;
    }

    private static List<Definition> definitions(Session session) {
        // Names are written whole only where nothing is on the search path.
        session.execute("SET search_path = ''");
        return session.list(
                NAMES, row -> new Definition(row.getString(1), row.getLong(2), row.getBoolean(3), row.getString(4)));
    }

    /** Proves that no sequence gives a value that its column has; names those where the source was so already. */
    private static List<String> prove(
            List<Definition> definitions, Map<String, State> states, Session source, Session target) {
        List<String> likewise = new ArrayList<>();
        for (Definition definition : definitions) {
            State state = states.get(definition.name());
            String query = definition.highest();
            if (query == null || state == null || definition.cycle() || definition.increment() < 0) {
                continue;
            }
            BigInteger next = next(definition, state);
            Optional<BigInteger> highest = highest(target, query);
            if (highest.isEmpty() || next.compareTo(highest.get()) > 0) {
                continue;
            }
            if (!highest(source, query).equals(highest)) {
                throw FailureType.VERIFICATION_FAILED.because("Expected that the next value of " + definition.name()
                        + ", " + next + ", is free on the target, but found " + highest.get()
                        + " in its column; roll back, and start again: only a new copy is right");
            }
            likewise.add(definition.name());
        }
        return likewise;
    }

    private static Optional<BigInteger> highest(Session session, String query) {
        return session.list(
                        query, row -> Optional.ofNullable(row.getBigDecimal(1)).map(BigDecimal::toBigInteger))
                .getFirst();
    }

    private static BigInteger next(Definition definition, State state) {
        BigInteger last = BigInteger.valueOf(state.lastValue());
        return state.called() ? last.add(BigInteger.valueOf(definition.increment())) : last;
    }

    private static String literal(String name) {
        // standard_conforming_strings is on since version 9.1: only quotes are special.
        return "'" + name.replace("'", "''") + "'::text";
    }

    private Session open(Context context, Side side) {
        return connections.open(context, side).patient(COLUMN);
    }
}
