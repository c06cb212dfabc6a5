package dev.godwit.lab.bench;

import dev.godwit.lab.LabLock;
import dev.godwit.lab.LabSession;
import dev.godwit.lab.Mover;
import dev.godwit.lab.Rows;
import dev.godwit.lab.bench.Series.Unit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same question as {@link HeapBenchmark}'s, of a Godwit that works on real servers. */
final class LabHeapBenchmark implements Benchmark {
    /** What is loaded and kept once is there after so many. */
    private static final int WARM_UP = 3;

    /** The wait for it is no part of the question. */
    private static final Duration TTL = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "heap-lab";
    }

    @Override
    public String words() {
        return "the same on the lab's servers: one plan and one migration after the other, each with its first copies and"
                + " its rehearsal, and rolled back where it asks for the approval; " + WARM_UP
                + " before are not counted. It fails if the heap has grown by more than "
                + Unit.MEGABYTES.shown(HeapBenchmark.MOST_GROWTH);
    }

    @Override
    public int rounds() {
        return 40;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        LabLock lock = LabLock.take(bench.terminal());
        try (LabSession session = LabSession.open(bench.terminal(), lock, Rows.SMALL, TTL, Map.of())) {
            bench.usesEngineOf(session.engineParent());
            run(session, bench, WARM_UP);
            Heap before = Heap.of(session.engineParent());
            run(session, bench, rounds);
            Heap after = Heap.of(session.engineParent());
            String work = rounds + " plans and migrations on the lab";
            after.requireNoMoreThan(before, HeapBenchmark.MOST_GROWTH, work);
            return HeapBenchmark.figures(before, after, work);
        }
    }

    private static void run(LabSession session, Bench bench, int count) throws IOException, InterruptedException {
        for (int number = 0; number < count; number++) {
            Mover mover = new Mover(session, bench.terminal());
            mover.plan();
            mover.start();
            mover.rollBackAtTheGate();
        }
    }
}
