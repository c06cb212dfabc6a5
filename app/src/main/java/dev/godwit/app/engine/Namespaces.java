package dev.godwit.app.engine;

import com.google.protobuf.util.Durations;
import dev.godwit.workflows.migration.SearchAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.UpdateNamespaceRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What Godwit needs of a namespace: that it is there, that it keeps histories, and the search attributes. */
final class Namespaces {
    /**
     * The shortest time for which an engine may keep what has ended: the longest soak that a spec may say. What a migration
     * did, its plan and the looks of its soak are asked for during the soak, and by people after it.
     */
    static final Duration SHORTEST_RETENTION = Duration.ofDays(30);

    private static final long CALL_SECONDS = 10;

    private Namespaces() {}

    /**
     * Asks for the namespace once; the call waits for the connection.
     *
     * @throws StatusRuntimeException what the service answered
     */
    static DescribeNamespaceResponse describe(WorkflowServiceStubs stubs, String namespace, Duration timeout) {
        return stubs.blockingStub()
                .withWaitForReady()
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .describeNamespace(DescribeNamespaceRequest.newBuilder()
                        .setNamespace(namespace)
                        .build());
    }

    /**
     * How long a namespace keeps what has ended.
     *
     * @throws StatusRuntimeException what the service answered
     */
    static Duration retention(WorkflowServiceStubs stubs, String namespace, Duration timeout) {
        return Duration.ofSeconds(describe(stubs, namespace, timeout)
                .getConfig()
                .getWorkflowExecutionRetentionTtl()
                .getSeconds());
    }

    /** Makes the namespace keep what has ended for this long. */
    static void keepFor(WorkflowServiceStubs stubs, String namespace, Duration retention) {
        if (retention.toSeconds()
                != retention(stubs, namespace, Duration.ofSeconds(CALL_SECONDS)).toSeconds()) {
            stubs.blockingStub()
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .updateNamespace(UpdateNamespaceRequest.newBuilder()
                            .setNamespace(namespace)
                            .setConfig(NamespaceConfig.newBuilder()
                                    .setWorkflowExecutionRetentionTtl(Durations.fromSeconds(retention.toSeconds())))
                            .build());
        }
    }

    /** Adds the search attributes that are missing. */
    static void registerSearchAttributes(OperatorServiceBlockingStub operator, String namespace) {
        var found = operator.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                .listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                        .setNamespace(namespace)
                        .build())
                .getCustomAttributesMap()
                .keySet();
        AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(namespace);
        SearchAttributes.ALL.stream()
                .map(SearchAttributeKey::getName)
                .filter(name -> !found.contains(name))
                .forEach(name -> request.putSearchAttributes(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        if (request.getSearchAttributesCount() == 0) {
            return;
        }
        try {
            operator.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).addSearchAttributes(request.build());
        } catch (StatusRuntimeException e) {
            // Another Godwit of the same cluster was faster.
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        }
    }
}
