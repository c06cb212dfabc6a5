package dev.godwit.api.migration;

import dev.godwit.workflows.migration.MigrationWorkflow;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.filter.v1.StartTimeFilter;
import io.temporal.api.filter.v1.WorkflowExecutionFilter;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListClosedWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListOpenWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds migrations in the in-memory engine, which is used where no other can be had and which has no queries: it looks at
 * all of them.
 */
@Singleton
final class InMemoryIndex {
    private static final String SERVICES = MigrationWorkflow.workflowId("");
    private static final int MOST = 1000;
    private static final int ATTEMPTS = 10;

    private final Engine engine;
    private final Timeouts timeouts;

    InMemoryIndex(Engine engine, Timeouts timeouts) {
        this.engine = engine;
        this.timeouts = timeouts;
    }

    /** Every migration, the newest first. */
    List<WorkflowExecutionInfo> all() {
        return engine.ask(
                timeouts.engine(),
                () -> settled(this::listed).stream()
                        .map(WorkflowExecutionInfo::getExecution)
                        .filter(execution -> execution.getWorkflowId().startsWith(SERVICES))
                        .map(this::described)
                        .sorted(Comparator.comparing((WorkflowExecutionInfo info) -> Run.instant(info.getStartTime()))
                                .reversed())
                        .toList());
    }

    MigrationPage page(MigrationFilter filter, int limit, byte[] token) {
        int offset = offset(token);
        List<MigrationSummary> found = all().stream()
                .map(MigrationSummary::of)
                .flatMap(Optional::stream)
                .filter(summary -> summary.matches(filter))
                .toList();
        int end = Math.min(found.size(), offset + limit);
        return new MigrationPage(
                found.subList(Math.min(offset, end), end),
                end == found.size()
                        ? null
                        : MigrationIndex.encode(Integer.toString(end).getBytes(StandardCharsets.US_ASCII)));
    }

    private static int offset(byte[] token) {
        String text = new String(token, StandardCharsets.US_ASCII);
        if (!text.matches("\\d{0,6}")) {
            throw MigrationIndex.badCursor();
        }
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** The engine (SDK 1.38) fails to list its migrations at the moment in which it adds one: then it is asked again. */
    private static <T> T settled(Supplier<T> list) {
        for (int attempt = 1; ; attempt++) {
            try {
                return list.get();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNKNOWN || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private List<WorkflowExecutionInfo> listed() {
        StartTimeFilter always = StartTimeFilter.getDefaultInstance();
        WorkflowExecutionFilter any = WorkflowExecutionFilter.getDefaultInstance();
        return Stream.concat(
                        stub()
                                .listOpenWorkflowExecutions(ListOpenWorkflowExecutionsRequest.newBuilder()
                                        .setNamespace(namespace())
                                        .setStartTimeFilter(always)
                                        .setExecutionFilter(any)
                                        .setMaximumPageSize(MOST)
                                        .build())
                                .getExecutionsList()
                                .stream(),
                        stub()
                                .listClosedWorkflowExecutions(ListClosedWorkflowExecutionsRequest.newBuilder()
                                        .setNamespace(namespace())
                                        .setStartTimeFilter(always)
                                        .setExecutionFilter(any)
                                        .setMaximumPageSize(MOST)
                                        .build())
                                .getExecutionsList()
                                .stream())
                .toList();
    }

    private WorkflowExecutionInfo described(WorkflowExecution execution) {
        return stub().describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setExecution(execution)
                        .build())
                .getWorkflowExecutionInfo();
    }

    private WorkflowServiceBlockingStub stub() {
        return engine.client().getWorkflowServiceStubs().blockingStub();
    }

    private String namespace() {
        return engine.client().getOptions().getNamespace();
    }
}
