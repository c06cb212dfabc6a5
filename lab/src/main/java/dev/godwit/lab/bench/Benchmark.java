package dev.godwit.lab.bench;

import java.io.IOException;
import java.util.List;

/** One comparison, or one thing whose time or size is measured. */
interface Benchmark {
    /** How people call it. */
    String name();

    /** What it does, in one sentence. */
    String words();

    /**
     * Measures.
     *
     * @param rounds how often; what is compared takes turns within each
     */
    List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException;

    /** How often it measures unless somebody says otherwise. */
    int rounds();
}
