package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.postgresql.Counting.Both;
import dev.godwit.activities.database.postgresql.Counting.Counted;
import dev.godwit.activities.database.postgresql.Counting.Figures;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Compares both sides by another reader than the one that copied ({@link Counting}). What the copy has counted on its way
 * is not counted again where nothing was written since.
 */
final class Verifier {
    private static final int SHOWN = 20;

    private final Connections connections;
    private final Consumer<Progress> heartbeat;

    Verifier(Connections connections, Consumer<Progress> heartbeat) {
        this.connections = connections;
        this.heartbeat = heartbeat;
    }

    Outcome verify(Context context) {
        List<String> problems = new ArrayList<>();
        Schema schema;
        Both counted;
        String name = context.database().name();
        try (Session here = connections.open(context, Side.SOURCE);
                Session there = connections.open(context, Side.TARGET);
                Counting counting = new Counting(connections, context, Counting.hashAlike(here, there))) {
            counting.begin(name, CountedAhead.read(context));
            schema = Schema.read(here);
            problems.addAll(schema.differences(Schema.read(there)));
            Sequences.followAfterCrash(here, there);
            problems.addAll(sequenceDifferences(here, there));
            counted = counting.await(heartbeat);
        }
        Counted source = counted.source();
        Counted target = counted.target();
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
        if (!problems.isEmpty()) {
            throw FailureType.VERIFICATION_FAILED.because("Expected " + name
                    + " to be the same on both sides, but found " + problems.size()
                    + " differences: "
                    + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
                    + "; look who writes there, roll back, and start again: only a new copy has it");
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
        Both counted;
        String name = context.database().name();
        try (Session here = connections.open(context, Side.SOURCE);
                Session there = connections.open(context, Side.TARGET);
                Counting counting = new Counting(connections, context, Counting.hashAlike(here, there))) {
            counting.begin(name, CountedAhead.NOTHING);
            counted = counting.await(heartbeat);
        }
        Counted source = counted.source();
        Counted target = counted.target();
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
                        ? name + ": nothing was written on the target"
                        : name + ": " + String.join("; ", words));
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
            return here != null && there != null && here.same(there);
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
}
