package dev.godwit.lab;

import dev.godwit.api.problem.Problem;
import dev.godwit.workflows.spec.SpecProblem;
import dev.godwit.workflows.step.Finding;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The API has refused a call, and says why. */
final class ApiException extends RuntimeException {
    private final transient Problem problem;

    ApiException(String call, int status, Problem problem) {
        super(call + " answered " + status + ": " + words(problem));
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    private static String words(Problem problem) {
        Stream<String> findings = Objects.requireNonNullElse(problem.findings(), List.<Finding>of()).stream()
                .map(finding -> finding.where() + ": " + finding.message() + "; " + finding.hint());
        Stream<String> problems = Objects.requireNonNullElse(problem.problems(), List.<SpecProblem>of()).stream()
                .map(each -> each.path() + ": " + each.message());
        return Stream.concat(Stream.of(problem.title() + ". " + problem.detail()), Stream.concat(problems, findings))
                .collect(Collectors.joining("\n  "));
    }
}
