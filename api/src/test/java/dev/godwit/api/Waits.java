package dev.godwit.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what comes soon. */
public final class Waits {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Waits() {}

    /** The first value that fits; fails with the last one if none does in time. */
    public static <T> T until(Supplier<T> source, Predicate<T> fits) {
        Instant end = Instant.now().plus(LONGEST);
        T value = source.get();
        while (!fits.test(value)) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("Expected another value within " + LONGEST + ", but found " + value);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            value = source.get();
        }
        return value;
    }
}
