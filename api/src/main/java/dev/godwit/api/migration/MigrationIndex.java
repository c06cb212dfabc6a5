package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.migration.SearchAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.common.SearchAttributeKey;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds migrations, running and ended, by the search attributes that the engine keeps. What has just been started may be
 * missing for a moment. Values reach the query language only if they consist of characters that mean nothing in it.
 */
@Singleton
final class MigrationIndex {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,300}");

    /** What the engine says of a page's token that it cannot read; the development server (1.29) does not know why. */
    private static final Set<Status.Code> UNREADABLE = Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.UNKNOWN);

    private final Engine engine;
    private final InMemoryIndex inMemory;
    private final Timeouts timeouts;

    MigrationIndex(Engine engine, InMemoryIndex inMemory, Timeouts timeouts) {
        this.engine = engine;
        this.inMemory = inMemory;
        this.timeouts = timeouts;
    }

    Optional<WorkflowExecution> run(MigrationId id) {
        return first(is(SearchAttributes.MIGRATION, id.text()), Memo.MIGRATION, id.text())
                .map(WorkflowExecutionInfo::getExecution);
    }

    Optional<WorkflowExecutionInfo> startedWith(String idempotencyKey) {
        return first(is(SearchAttributes.IDEMPOTENCY_KEY, idempotencyKey), Memo.IDEMPOTENCY_KEY, idempotencyKey);
    }

    private Optional<WorkflowExecutionInfo> first(String condition, String memo, String value) {
        Optional<ListWorkflowExecutionsResponse> answer = list(condition, 1, new byte[0]);
        return answer.isPresent()
                ? answer.get().getExecutionsList().stream().findFirst()
                : inMemory.all().stream()
                        .filter(info -> Memo.text(info, memo).equals(Optional.of(value)))
                        .findFirst();
    }

    MigrationPage list(MigrationFilter filter, int limit, @Nullable String cursor) {
        List<String> conditions = new ArrayList<>(List.of("WorkflowType = '" + MigrationWorkflow.TYPE + "'"));
        if (filter.phase() != null) {
            conditions.add(is(SearchAttributes.PHASE, filter.phase().name()));
        }
        if (filter.service() != null) {
            conditions.add(is(SearchAttributes.SERVICE, filter.service()));
        }
        if (filter.outcome() == Outcome.OPEN) {
            conditions.add("ExecutionStatus = 'Running'");
        } else if (filter.outcome() != null) {
            conditions.add(is(SearchAttributes.OUTCOME, filter.outcome().name()));
        }
        byte[] token = cursor == null ? new byte[0] : decode(cursor);
        return list(String.join(" AND ", conditions), limit, token)
                .map(MigrationIndex::page)
                .orElseGet(() -> inMemory.page(filter, limit, token));
    }

    /** Empty if the engine is the one in memory, which keeps no index. */
    private Optional<ListWorkflowExecutionsResponse> list(String query, int limit, byte[] token) {
        ListWorkflowExecutionsRequest request = ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(engine.client().getOptions().getNamespace())
                .setQuery(query)
                .setPageSize(limit)
                .setNextPageToken(com.google.protobuf.ByteString.copyFrom(token))
                .build();
        try {
            return Optional.of(engine.ask(
                    timeouts.engine(),
                    () -> engine.client()
                            .getWorkflowServiceStubs()
                            .blockingStub()
                            .listWorkflowExecutions(request)));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return Optional.empty();
            }
            if (token.length > 0 && UNREADABLE.contains(e.getStatus().getCode())) {
                throw badCursor();
            }
            throw e;
        }
    }

    private static MigrationPage page(ListWorkflowExecutionsResponse answer) {
        byte[] next = answer.getNextPageToken().toByteArray();
        return new MigrationPage(
                answer.getExecutionsList().stream()
                        .flatMap(info -> MigrationSummary.of(info).stream())
                        .toList(),
                next.length == 0 ? null : encode(next));
    }

    private static String is(SearchAttributeKey<String> key, String value) {
        if (!SAFE.matcher(value).matches()) {
            throw new IllegalArgumentException("Expected a value without quotes, but found another; this is a bug");
        }
        return key.getName() + " = '" + value + "'";
    }

    static String encode(byte[] token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static byte[] decode(String cursor) {
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw badCursor();
        }
    }

    static RuntimeException badCursor() {
        return ProblemType.INVALID_PARAMETER.because(
                "Expected in 'cursor' what an earlier page gave as 'next', but found something else; start without it");
    }
}
