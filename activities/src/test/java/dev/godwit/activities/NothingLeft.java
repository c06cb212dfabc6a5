package dev.godwit.activities;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Fails a class of tests that leaves a process behind, and ends that process: the next class must find none. */
public final class NothingLeft implements BeforeAllCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(NothingLeft.class);

    /** What was told to end may take so long. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    private record Before(Set<ProcessHandle> processes) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Before.class, new Before(processes()));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Before before = Objects.requireNonNull(
                context.getStore(NAMESPACE).get(Before.class, Before.class), "what was there before the class");
        long deadline = System.nanoTime() + ENDING.toNanos();
        List<ProcessHandle> left = left(before);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            left = left(before);
        }
        List<String> words = left.stream()
                .map(process -> process.pid() + " " + process.info())
                .toList();
        left.forEach(ProcessHandle::destroyForcibly);
        assertThat(words)
                .as("processes that %s leaves behind", context.getDisplayName())
                .isEmpty();
    }

    private static List<ProcessHandle> left(Before before) {
        return processes().stream()
                .filter(process -> !before.processes().contains(process))
                .toList();
    }

    private static Set<ProcessHandle> processes() {
        return ProcessHandle.current().descendants().collect(Collectors.toSet());
    }
}
