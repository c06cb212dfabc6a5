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

    /** Makes the namespace keep what has ended at least this long. */
    static void keepFor(WorkflowServiceStubs stubs, String namespace, Duration retention) {
        var wanted = Durations.fromSeconds(retention.toSeconds());
        var found = describe(stubs, namespace, Duration.ofSeconds(CALL_SECONDS))
                .getConfig()
                .getWorkflowExecutionRetentionTtl();
        if (!found.equals(wanted)) {
            stubs.blockingStub()
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .updateNamespace(UpdateNamespaceRequest.newBuilder()
                            .setNamespace(namespace)
                            .setConfig(NamespaceConfig.newBuilder().setWorkflowExecutionRetentionTtl(wanted))
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
