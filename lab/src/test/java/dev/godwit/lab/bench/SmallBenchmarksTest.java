package dev.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.Terminal;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One round of each benchmark, with less to do where that can be said: it ends, and there are figures. */
@Execution(ExecutionMode.SAME_THREAD)
class SmallBenchmarksTest {
    private static List<Figure> measured(Benchmark benchmark) throws Exception {
        try (Bench bench = new Bench(Terminal.standard())) {
            List<Figure> figures = benchmark.measure(bench, 1);
            assertThat(bench.takePrograms()).isNotEmpty();
            assertThat(figures)
                    .isNotEmpty()
                    .allSatisfy(figure -> assertThat(figure.value())
                            .as(figure.what())
                            .isPositive()
                            .isFinite());
            return figures;
        }
    }

    private static List<Figure> measuredInLab(Benchmark benchmark) throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: whole servers are booted in namespaces, and that needs root");
        try {
            return measured(benchmark);
        } catch (LabException e) {
            assumeTrue(
                    e.exitCode() != ExitCode.MACHINE, "skipped: this machine cannot hold the lab: " + e.getMessage());
            throw e;
        }
    }

    /** The one of those in the lab that needs most of it: each way of copying works, and its copy is whole. */
    @Test
    @Tag("lab")
    void shouldMeasureCopies() throws Exception {
        assertThat(measuredInLab(new CopyBenchmark(1))).hasSize(5);
    }

    @Test
    @Tag("lab")
    @Tag("long")
    void shouldMeasureFilePasses() throws Exception {
        assertThat(measuredInLab(new FilesBenchmark(5))).hasSize(3);
    }

    @Test
    @Tag("lab")
    @Tag("long")
    void shouldMeasureTheOutage() throws Exception {
        assertThat(measuredInLab(new OutageBenchmark())).hasSizeGreaterThan(3);
    }

    @Test
    @Tag("long")
    void shouldMeasureSteps() throws Exception {
        assertThat(measured(new StepsBenchmark())).hasSize(2);
    }

    @Test
    @Tag("long")
    void shouldMeasureStarts() throws Exception {
        assertThat(measured(new AcceptBenchmark())).hasSize(1);
    }

    @Test
    @Tag("long")
    void shouldMeasureTheHeap() throws Exception {
        assertThat(measured(new HeapBenchmark())).hasSize(4);
    }
}
