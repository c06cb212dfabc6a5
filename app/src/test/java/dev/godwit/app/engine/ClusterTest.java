package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.util.Durations;
import dev.godwit.worker.SecretValues;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesResponse;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real development server, and against a gRPC server with TLS that answers as a cluster does. */
@Timeout(300)
class ClusterTest {
    private static final SecretValues NO_SECRETS = reference -> {
        throw new AssertionError("Nobody asked for " + reference);
    };
    private static final TlsConfiguration NO_TLS = new TlsConfiguration(false, null, null, null, null);

    @TempDir
    static Path folder;

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        assumeTrue(Programs.find("openssl").isPresent(), "Skipped: openssl is not installed");
        for (String name : List.of("server", "client", "stranger")) {
            Process process = new ProcessBuilder(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:P-256",
                            "-nodes",
                            "-days",
                            "2",
                            "-subj",
                            "/CN=" + name,
                            "-addext",
                            "subjectAltName=DNS:" + name + ".example.org",
                            "-keyout",
                            folder.resolve(name + ".key").toString(),
                            "-out",
                            folder.resolve(name + ".pem").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor()).isZero();
        }
    }

    private static TemporalConfiguration temporal(String address, String namespace, @Nullable String apiKey) {
        return new TemporalConfiguration(address, namespace, apiKey, Duration.ofSeconds(5));
    }

    private static Cluster connect(TemporalConfiguration temporal, TlsConfiguration tls, SecretValues secrets) {
        String address = temporal.address();
        assertThat(address).isNotNull();
        return Cluster.connect(address == null ? "" : address, temporal, tls, secrets);
    }

    @Test
    void shouldUseTheNamespaceOfACluster(@TempDir Path state) {
        try (DevelopmentServer server =
                DevelopmentServer.start(RealEngine.program(), state, RealEngine.configuration(null), "godwit")) {
            String address = server.stubs().getOptions().getTarget();
            try (Cluster cluster = connect(temporal(address, "godwit", null), NO_TLS, NO_SECRETS)) {
                assertThat(cluster.describe()).contains(address).contains("godwit");
            }
            assertThatThrownBy(() -> connect(temporal(address, "nowhere", null), NO_TLS, NO_SECRETS))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("temporal operator namespace create")
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void shouldRefuseANamespaceThatForgetsTooSoon(@TempDir Path state) {
        try (DevelopmentServer server =
                DevelopmentServer.start(RealEngine.program(), state, RealEngine.configuration(null), "godwit")) {
            String address = server.stubs().getOptions().getTarget();
            Namespaces.keepFor(server.stubs(), "godwit", Duration.ofHours(24));
            assertThatThrownBy(() -> connect(temporal(address, "godwit", null), NO_TLS, NO_SECRETS))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("30 days")
                    .hasMessageContaining("24 h")
                    .hasMessageContaining("temporal operator namespace update --retention");
        }
    }

    @Test
    void shouldSayWhichAddressDoesNotAnswer() {
        TemporalConfiguration nobody =
                new TemporalConfiguration("127.0.0.1:" + Ports.choose(0), "godwit", null, Duration.ofSeconds(1));
        assertThatThrownBy(() -> connect(nobody, NO_TLS, NO_SECRETS))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("temporal.address");
    }

    @Test
    void shouldShowItsCertificateAndItsApiKey() throws Exception {
        try (FakeCluster fake = new FakeCluster()) {
            connect(
                            temporal(fake.address(), "godwit", "secret:cloud"),
                            tls("client"),
                            secret -> "key of " + secret.name())
                    .close();
            assertThat(fake.authorizations).isNotEmpty().containsOnly("Bearer key of cloud");
        }
    }

    @Test
    void shouldBeRefusedWithACertificateThatTheClusterDoesNotTrust() throws Exception {
        try (FakeCluster fake = new FakeCluster()) {
            assertThatThrownBy(() -> connect(temporal(fake.address(), "godwit", null), tls("stranger"), NO_SECRETS))
                    .isInstanceOf(UnavailableException.class);
            assertThat(fake.authorizations).isEmpty();
        }
    }

    @Test
    void shouldRefuseAClusterWhoseCertificateItDoesNotTrust() throws Exception {
        try (FakeCluster fake = new FakeCluster()) {
            TlsConfiguration tls = new TlsConfiguration(
                    true,
                    folder.resolve("client.pem"),
                    folder.resolve("client.key"),
                    folder.resolve("stranger.pem"),
                    "server.example.org");
            assertThatThrownBy(() -> connect(temporal(fake.address(), "godwit", null), tls, NO_SECRETS))
                    .isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void shouldNeedCertificateAndKeyTogether() {
        TlsConfiguration half = new TlsConfiguration(true, folder.resolve("client.pem"), null, null, null);
        assertThatThrownBy(() -> connect(temporal("127.0.0.1:1", "godwit", null), half, NO_SECRETS))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("temporal.tls.key");
    }

    @Test
    void shouldNotRepeatAnApiKeyThatIsNoReference() {
        assertThatThrownBy(() -> connect(temporal("127.0.0.1:1", "godwit", "eyJhbGciOi"), NO_TLS, NO_SECRETS))
                .hasMessageContaining("secret:name")
                .hasMessageNotContaining("eyJhbGciOi");
    }

    private static TlsConfiguration tls(String client) {
        return new TlsConfiguration(
                true,
                folder.resolve(client + ".pem"),
                folder.resolve(client + ".key"),
                folder.resolve("server.pem"),
                "server.example.org");
    }

    /** Answers what is asked at the start, to clients with the certificate {@code client} only. */
    private static final class FakeCluster implements AutoCloseable {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        private final ConcurrentLinkedQueue<String> authorizations = new ConcurrentLinkedQueue<>();
        private final Server server;

        FakeCluster() throws IOException {
            SslContextBuilder tls = SslContextBuilder.forServer(
                            folder.resolve("server.pem").toFile(),
                            folder.resolve("server.key").toFile())
                    .trustManager(folder.resolve("client.pem").toFile())
                    .clientAuth(ClientAuth.REQUIRE);
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sslContext(GrpcSslContexts.configure(tls).build())
                    .intercept(new Recorder())
                    .addService(new Workflows())
                    .addService(new Operator())
                    .build()
                    .start();
        }

        String address() {
            return "127.0.0.1:" + server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
        }

        private final class Recorder implements ServerInterceptor {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String found = headers.get(AUTHORIZATION);
                authorizations.add(found == null ? "none" : found);
                return next.startCall(call, headers);
            }
        }
    }

    private static final class Workflows extends WorkflowServiceGrpc.WorkflowServiceImplBase {
        @Override
        public void getSystemInfo(GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
            answer.onNext(GetSystemInfoResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void describeNamespace(
                DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> answer) {
            answer.onNext(DescribeNamespaceResponse.newBuilder()
                    .setConfig(NamespaceConfig.newBuilder().setWorkflowExecutionRetentionTtl(Durations.fromDays(90)))
                    .build());
            answer.onCompleted();
        }
    }

    /** As in Temporal Cloud: not for everybody, and not needed. */
    private static final class Operator extends OperatorServiceGrpc.OperatorServiceImplBase {
        @Override
        public void listSearchAttributes(
                ListSearchAttributesRequest request, StreamObserver<ListSearchAttributesResponse> answer) {
            answer.onError(Status.PERMISSION_DENIED.asRuntimeException());
        }
    }
}
