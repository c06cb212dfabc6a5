package dev.godwit.app.engine;

import dev.godwit.worker.SecretValues;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.notation.SecretRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.ServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Temporal cluster, or Temporal Cloud, that others run. */
final class Cluster implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private final String address;
    private final TemporalConfiguration temporal;
    private final WorkflowServiceStubs stubs;
    private final OperatorServiceStubs operator;

    private Cluster(String address, TemporalConfiguration temporal, TlsConfiguration tls, SecretValues secrets) {
        this.address = address;
        this.temporal = temporal;
        this.stubs = WorkflowServiceStubs.newServiceStubs(
                options(WorkflowServiceStubsOptions.newBuilder(), temporal, tls, secrets)
                        .build());
        this.operator = OperatorServiceStubs.newServiceStubs(
                options(OperatorServiceStubsOptions.newBuilder(), temporal, tls, secrets)
                        .validateAndBuildWithDefaults());
    }

    /**
     * Connects, and makes sure that the namespace and its search attributes are there.
     *
     * @throws UnavailableException if it does not answer, refuses us, or has no such namespace
     */
    static Cluster connect(String address, TemporalConfiguration temporal, TlsConfiguration tls, SecretValues secrets) {
        LOG.info("Connecting to Temporal at {}", address);
        Cluster cluster = new Cluster(address, temporal, tls, secrets);
        boolean connected = false;
        try {
            cluster.requireNamespace();
            cluster.offerSearchAttributes();
            connected = true;
            return cluster;
        } finally {
            if (!connected) {
                cluster.close();
            }
        }
    }

    @Override
    public WorkflowServiceStubs stubs() {
        return stubs;
    }

    @Override
    public String describe() {
        return "Temporal at " + address + ", namespace " + temporal.namespace();
    }

    @Override
    public void close() {
        stubs.shutdownNow();
        operator.shutdownNow();
    }

    private void requireNamespace() {
        try {
            requireRetention(Namespaces.retention(stubs, temporal.namespace(), temporal.connectTimeout()));
        } catch (StatusRuntimeException e) {
            String hint = switch (e.getStatus().getCode()) {
                case NOT_FOUND ->
                    "create it: temporal operator namespace create --retention 90d --namespace " + temporal.namespace();
                case UNAUTHENTICATED, PERMISSION_DENIED ->
                    "check temporal.api-key, or temporal.tls.certificate and temporal.tls.key";
                default -> "check temporal.address and temporal.tls";
            };
            throw new UnavailableException(
                    "Expected the namespace " + temporal.namespace() + " at " + address + ", but found "
                            + e.getStatus().getCode() + " " + e.getStatus().getDescription() + "; " + hint,
                    e);
        }
    }

    private void requireRetention(Duration found) {
        if (found.compareTo(Namespaces.SHORTEST_RETENTION) < 0) {
            throw new UnavailableException("Expected the namespace " + temporal.namespace() + " at " + address
                    + " to keep what has ended for " + Namespaces.SHORTEST_RETENTION.toDays()
                    + " days or longer, but found "
                    + found.toHours()
                    + " h; keep it longer: temporal operator namespace update --retention 90d --namespace "
                    + temporal.namespace());
        }
    }

    private void offerSearchAttributes() {
        try {
            Namespaces.registerSearchAttributes(operator.blockingStub(), temporal.namespace());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                throw new UnavailableException("Expected " + address + " to answer, but found " + e.getStatus(), e);
            }
            // Temporal Cloud, and clusters with other rules, let only an administrator do this.
            LOG.warn(
                    "Could not make sure that the search attributes are there ({}). If migrations do not start, create"
                            + " them: temporal operator search-attribute create --namespace {} --type Keyword{}",
                    e.getStatus().getCode(),
                    temporal.namespace(),
                    SearchAttributes.ALL.stream()
                            .map(key -> " --name " + key.getName())
                            .collect(Collectors.joining()));
        }
    }

    private static <T extends ServiceStubsOptions.Builder<T>> T options(
            T options, TemporalConfiguration temporal, TlsConfiguration tls, SecretValues secrets) {
        options.setTarget(temporal.address());
        SecretRef apiKey = temporal.apiKeyReference();
        if (apiKey != null) {
            options.addApiKey(() -> secrets.get(apiKey));
        }
        if (tls.certificate() != null || tls.ca() != null) {
            options.setSslContext(sslContext(tls));
        } else if (tls.enabled() || apiKey != null) {
            options.setEnableHttps(true);
        }
        String serverName = tls.serverName();
        if (serverName != null) {
            options.setChannelInitializer(channel -> channel.overrideAuthority(serverName));
        }
        return options;
    }

    private static SslContext sslContext(TlsConfiguration tls) {
        Path certificate = tls.certificate();
        Path key = tls.key();
        if ((certificate == null) != (key == null)) {
            throw new UnavailableException("Expected both temporal.tls.certificate and temporal.tls.key, but found"
                    + " only one; set both, or neither");
        }
        SslContextBuilder builder = GrpcSslContexts.forClient();
        if (certificate != null && key != null) {
            builder.keyManager(readable(certificate), readable(key));
        }
        Path ca = tls.ca();
        if (ca != null) {
            builder.trustManager(readable(ca));
        }
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new UnavailableException(
                    "Expected PEM files, the key in PKCS #8, but found " + e.getMessage() + "; see temporal.tls", e);
        }
    }

    private static File readable(@Nullable Path file) {
        if (file == null || !Files.isReadable(file)) {
            throw new UnavailableException(
                    "Expected to read " + file + ", but it is not there or not for us; see temporal.tls");
        }
        return file.toFile();
    }
}
