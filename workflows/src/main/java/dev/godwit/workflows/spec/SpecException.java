package dev.godwit.workflows.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A spec that cannot be used, with everything that is wrong with it. */
public final class SpecException extends RuntimeException {
    private final transient List<SpecProblem> problems;

    SpecException(List<SpecProblem> problems) {
        super(problems.stream()
                .map(problem -> (problem.path().isEmpty() ? "the spec" : problem.path()) + ": " + problem.message())
                .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, at least one thing, in the order of the paths. */
    public List<SpecProblem> problems() {
        return problems;
    }
}
