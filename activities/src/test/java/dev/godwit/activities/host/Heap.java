package dev.godwit.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.JMException;
import javax.management.ObjectName;

/** The heap of this process, after a full collection. */
final class Heap {
    private Heap() {}

    /** Waits until nothing holds an object of these classes any more. */
    static void assertHoldsNone(Class<?>... types) {
        for (Class<?> type : types) {
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (held(type) > 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(held(type)).as("%s that are still held", type).isZero();
        }
    }

    private static long held(Class<?> type) {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            // "  12:   773   55656  dev.godwit.Some": a number, instances, bytes, the class.
            return histogram
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 3 && words[3].equals(type.getName()))
                    .mapToLong(words -> Long.parseLong(words[1]))
                    .sum();
        } catch (JMException e) {
            throw new IllegalStateException("Expected a histogram of the heap, but found " + e, e);
        }
    }
}
