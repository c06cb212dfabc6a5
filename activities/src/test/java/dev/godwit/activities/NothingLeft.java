package dev.godwit.activities;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Fails tests that leave a process behind, and ends that process. It looks once, because classes run beside each other. */
public final class NothingLeft implements BeforeAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(NothingLeft.class);

    /** What was told to end may take so long. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    private record Before(Set<ProcessHandle> processes) implements AutoCloseable {
        @Override
        public void close() {
            long deadline = System.nanoTime() + ENDING.toNanos();
            List<ProcessHandle> left = left();
            while (!left.isEmpty() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
                left = left();
            }
            List<String> words = left.stream()
                    .map(process -> process.pid() + " " + process.info())
                    .toList();
            left.forEach(ProcessHandle::destroyForcibly);
            if (!words.isEmpty()) {
                throw new AssertionError("Expected tests to end what they start, but found " + words);
            }
        }

        private List<ProcessHandle> left() {
            return children().stream()
                    .filter(process -> !processes.contains(process))
                    .toList();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // The root's store is closed when every class has ended.
        context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Before.class, key -> new Before(children()), Before.class);
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().descendants().collect(Collectors.toSet());
    }
}
