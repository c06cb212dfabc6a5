package dev.godwit.api.problem;

import dev.godwit.workflows.spec.SpecProblem;
import dev.godwit.workflows.step.Finding;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Problem details (RFC 9457).
 *
 * @param type identifies the kind of problem
 * @param title the kind of problem in words
 * @param status the HTTP status, again
 * @param detail what was expected, what was found and what to do
 * @param problems everything that is wrong with the body
 * @param migration the address of the migration that the problem is about
 * @param plan the hash of today's plan, where it is another one than the plan that was reviewed
 * @param findings what the preflight found that keeps the migration from starting
 * @param lossInRows how many rows a rollback would lose
 */
public record Problem(
        URI type,
        String title,
        int status,
        String detail,
        @Nullable List<SpecProblem> problems,
        @Nullable URI migration,
        @Nullable String plan,
        @Nullable List<Finding> findings,
        @Nullable Long lossInRows) {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    public Problem {
        problems = problems == null ? null : List.copyOf(problems);
        findings = findings == null ? null : List.copyOf(findings);
    }

    /** A problem of a type. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type.uri(), type.title(), type.status(), detail, null, null, null, null, null);
    }

    /** A body with everything that is wrong with it. */
    public static Problem ofBody(List<SpecProblem> problems) {
        ProblemType type = ProblemType.INVALID_BODY;
        String detail = "Expected a valid body, but found " + problems.size()
                + (problems.size() == 1 ? " problem" : " problems") + "; see 'problems'";
        return new Problem(type.uri(), type.title(), type.status(), detail, problems, null, null, null, null);
    }

    /** Whether it is of a type. */
    public boolean is(ProblemType other) {
        return type.equals(other.uri());
    }

    /** The same with another status: a refusal of Micronaut's own that has no type here. */
    Problem withStatus(int other) {
        return new Problem(type, title, other, detail, problems, migration, plan, findings, lossInRows);
    }

    /** The same about a migration. */
    public Problem about(URI address) {
        return new Problem(type, title, status, detail, problems, address, plan, findings, lossInRows);
    }

    /** The same with today's plan and what keeps it from starting. */
    public Problem withPlan(String hash, List<Finding> blockers) {
        return new Problem(type, title, status, detail, problems, migration, hash, blockers, lossInRows);
    }

    /** The same with the rows that would be lost. */
    public Problem withLoss(long rows) {
        return new Problem(type, title, status, detail, problems, migration, plan, findings, rows);
    }
}
