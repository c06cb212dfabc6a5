package dev.godwit.workflows.step;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a read-only look found.
 *
 * @param findings what a person should know
 * @param facts what the planner needs; null if there is nothing of the kind, or it could not be asked
 */
public record Inspection<F>(
        List<Finding> findings, @Nullable F facts) {
    public Inspection {
        findings = List.copyOf(findings);
    }

    /** Findings alone. */
    public static <F> Inspection<F> of(List<Finding> findings) {
        return new Inspection<>(findings, null);
    }
}
