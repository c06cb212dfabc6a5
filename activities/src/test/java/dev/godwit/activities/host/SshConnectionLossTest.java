package dev.godwit.activities.host;

import static dev.godwit.activities.host.SshServerTest.awaitTrue;
import static dev.godwit.activities.host.SshServerTest.isFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.step.FailureType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshConnectionLossTest {
    @TempDir
    Path folder;

    private SshDaemon daemon;
    private SshServers servers;
    private Server server;

    @BeforeEach
    void start() {
        daemon = SshDaemon.start(folder);
        servers = new SshServers(daemon.secrets());
        server = servers.open(daemon.spec());
    }

    @AfterEach
    void stop() {
        if (servers != null) {
            servers.close();
            daemon.close();
        }
    }

    @Test
    void shouldConnectAgainAfterTheConnectionWasDropped() {
        server.run(Script.of("true"));
        daemon.drop();
        assertThat(server.output(Script.of("echo again"))).isEqualTo("again\n");
    }

    @Test
    void shouldReportADropInTheMiddle() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(
                () -> server.follow(Script.of("echo go; sleep 300"), line -> running.countDown()));
        running.await();
        daemon.drop();
        assertThatThrownBy(() -> reply.get(5, TimeUnit.SECONDS))
                .cause()
                .satisfies(isFailure(FailureType.HOST_UNREACHABLE));
    }

    @Test
    void shouldReportAServerThatIsDownAndComeBackWithIt() throws IOException {
        server.run(Script.of("true"));
        daemon.stop();
        assertThatThrownBy(() -> server.run(Script.of("true"))).satisfies(isFailure(FailureType.HOST_UNREACHABLE));
        daemon.startAgain();
        assertThat(server.output(Script.of("echo back"))).isEqualTo("back\n");
    }

    @Test
    void shouldNoticeASilentServerAndConnectAgain() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(
                () -> server.follow(Script.of("echo go; sleep 300"), line -> running.countDown()),
                Thread::startVirtualThread);
        running.await();
        daemon.freeze();
        assertThatThrownBy(() -> reply.get(40, TimeUnit.SECONDS))
                .cause()
                .satisfies(isFailure(FailureType.HOST_UNREACHABLE));
        assertThat(server.output(Script.of("echo again"))).isEqualTo("again\n");
    }

    @Test
    void shouldNoticeASilentServerWhileWritingToIt() throws Exception {
        server.run(Script.of("true"));
        String much = "0123456789abcdef".repeat(4 * 1024 * 1024);
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(
                () -> server.run(Script.of("cat >/dev/null; sleep 300").withInput(much)), Thread::startVirtualThread);
        awaitTrue(() -> daemon.freeze() > 0);
        assertThatThrownBy(() -> reply.get(40, TimeUnit.SECONDS))
                .cause()
                .satisfies(isFailure(FailureType.HOST_UNREACHABLE));
    }

    @Test
    void shouldLiveWithAServerThatAllowsOneSession() throws Exception {
        daemon.close();
        daemon = SshDaemon.start(folder, "MaxSessions 1");
        servers.close();
        servers = new SshServers(daemon.secrets());
        Server strict = servers.open(daemon.spec());
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        CompletableFuture<Void> first = CompletableFuture.runAsync(
                () -> strict.follow(Script.of("echo go; read -r _; echo end").withInput(""), line -> {
                    running.countDown();
                    try {
                        enough.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }),
                Thread::startVirtualThread);
        running.await();
        CompletableFuture<Reply> second = CompletableFuture.supplyAsync(
                () -> strict.follow(Script.of("echo x; sleep 1"), line -> {}), Thread::startVirtualThread);
        assertThat(strict.output(Script.of("echo third"))).isEqualTo("third\n");
        second.get(10, TimeUnit.SECONDS);
        enough.countDown();
        first.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldSayThatNoSessionIsAllowed() {
        daemon.close();
        daemon = SshDaemon.start(folder, "MaxSessions 0");
        servers.close();
        servers = new SshServers(daemon.secrets());
        assertThatThrownBy(() -> servers.open(daemon.spec()).run(Script.of("true")))
                .satisfies(isFailure(FailureType.LOGIN_REFUSED))
                .hasMessageContaining("MaxSessions");
    }
}
