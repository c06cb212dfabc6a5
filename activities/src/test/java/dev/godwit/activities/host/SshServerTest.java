package dev.godwit.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.ThisMachine;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("it looks for what the whole heap holds")
class SshServerTest {
    @TempDir
    static Path folder;

    private static SshDaemon daemon;
    private static SshServers servers;
    private static Server server;

    @BeforeAll
    static void start() {
        daemon = SshDaemon.start(folder);
        servers = new SshServers(daemon.secrets());
        server = servers.open(daemon.spec());
    }

    @AfterAll
    static void stop() {
        if (servers != null) {
            servers.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void shouldKeepArgumentsAndInputWhole() {
        String nasty = "it's $HOME `id` \"x\" \\ \n * ; & é";
        Reply reply = server.run(Script.of("printf %s \"$1\"; cat; echo warned >&2; exit 3", nasty)
                .withInput("<in'$>"));
        assertThat(reply).isEqualTo(new Reply(3, nasty + "<in'$>", "warned\n"));
    }

    @Test
    void shouldGiveNoInputUnlessAsked() {
        assertThat(server.output(Script.of("cat"))).isEmpty();
    }

    @Test
    void shouldCarryMoreThanAChannelsWindowBothWays() {
        String text = "0123456789abcdef".repeat(512 * 1024);
        assertThat(server.output(Script.of("cat").withInput(text))).isEqualTo(text);
    }

    @Test
    void shouldKeepTheEndOfErrors() {
        Reply reply = server.run(Script.of("seq 1 500000 >&2; exit 1"));
        assertThat(reply.err()).hasSize(64 * 1024).endsWith("499999\n500000\n");
    }

    @Test
    void shouldSayWhyACommandFailed() {
        assertThatThrownBy(() -> server.output(Script.of("echo broken >&2; exit 4")))
                .satisfies(isFailure(FailureType.COMMAND_FAILED))
                .hasMessageContaining("exit status 4: broken");
        assertThatThrownBy(() -> server.output(Script.of("no-such-tool")))
                .satisfies(isFailure(FailureType.TOOL_MISSING));
        assertThatThrownBy(() -> server.output(Script.of("seq 9 | tee /dev/full")))
                .satisfies(isFailure(FailureType.DISK_FULL));
        assertThat(server.run(Script.of("kill -9 $$")).exitCode()).isEqualTo(137);
    }

    @Test
    void shouldHandOverLinesAsTheyCome() {
        List<String> lines = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        Reply reply = server.follow(Script.of("echo one; sleep 0.5; echo two; printf three; exit 2"), line -> {
            lines.add(line);
            times.add(System.nanoTime());
        });
        assertThat(lines).containsExactly("one", "two", "three");
        assertThat(times.get(1) - times.get(0)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(reply.exitCode()).isEqualTo(2);
    }

    @Test
    void shouldEndARemoteCommandWhenTheConsumerGivesUp() throws IOException {
        Path alive = folder.resolve("alive");
        assertThatThrownBy(() ->
                        server.follow(Script.of("echo $$ >\"$1\"; echo go; exec sleep 300", alive.toString()), line -> {
                            throw new IllegalStateException("enough");
                        }))
                .hasMessage("enough");
        long process = Long.parseLong(Files.readString(alive).strip());
        awaitTrue(() -> ProcessHandle.of(process).isEmpty());
    }

    @Test
    void shouldReturnSoonWhenInterruptedAndKeepTheConnection() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                server.follow(Script.of("echo go; sleep 300"), line -> running.countDown());
            } catch (ApplicationFailure e) {
                thrown.complete(e);
            }
        });
        running.await();
        Set<Long> connections = daemon.connections();
        caller.interrupt();
        assertThat(thrown.get(2, TimeUnit.SECONDS)).satisfies(isFailure(FailureType.HOST_UNREACHABLE));
        assertThat(server.output(Script.of("echo still here"))).isEqualTo("still here\n");
        assertThat(connections).containsAll(daemon.connections());
    }

    @Test
    void shouldWriteAndReadFilesByteForByteTwice() throws IOException {
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        Path file = folder.resolve("written file");
        for (int time = 0; time < 2; time++) {
            server.write(file.toString(), content, 0640);
            assertThat(Files.readAllBytes(file)).isEqualTo(content);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            assertThat(server.read(file.toString())).hasValue(content);
        }
        assertThat(server.read(folder.resolve("none").toString())).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith(".godwit"));
        }
    }

    @Test
    void shouldWriteThroughALink() throws IOException {
        Path file = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        server.write(link.toString(), "new".getBytes(StandardCharsets.UTF_8), 0644);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void shouldFailToWriteIntoAMissingFolder() {
        assertThatThrownBy(() -> server.write(folder + "/none/file", new byte[1], 0600))
                .satisfies(isFailure(FailureType.COMMAND_FAILED));
    }

    @Test
    void shouldTunnelToAPort() throws IOException {
        try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = server.connect(echo.getLocalPort());
                Socket accepted = echo.accept()) {
            accepted.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write('!');
            socket.getOutputStream().flush();
            assertThat(accepted.getInputStream().read()).isEqualTo('!');
            socket.setSoTimeout(50);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            accepted.shutdownOutput();
            socket.setSoTimeout(5000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldTunnelToAnAddressOfTheServersOwn() throws IOException {
        try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"));
                Socket socket = server.connect("::1", echo.getLocalPort());
                Socket accepted = echo.accept()) {
            accepted.getOutputStream().write('!');
            assertThat(socket.getInputStream().read()).isEqualTo('!');
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws IOException {
        int port = ThisMachine.freePort();
        assertThatThrownBy(() -> server.connect(port))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Expected port " + port);
    }

    @Test
    void shouldConverseWithAProgram() throws IOException {
        try (Socket socket = server.converse(Script.of("while read -r line; do echo \"$1 $line\"; done", "got"))) {
            Writer writer = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            writer.write("a\n");
            writer.flush();
            assertThat(reader.readLine()).isEqualTo("got a");
            writer.write("b\n");
            writer.flush();
            assertThat(reader.readLine()).isEqualTo("got b");
            socket.shutdownOutput();
            assertThat(reader.readLine()).isNull();
        }
    }

    @Test
    void shouldSayWhyAProgramStoppedTalking() throws IOException {
        try (Socket socket = server.converse(Script.of("echo no such socket >&2; exit 2"))) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .hasMessageContaining("exit status 2: no such socket");
        }
    }

    /** Thousands of them are run within the time that one may take; each has buffers. */
    @Test
    void shouldHoldNothingOfCommandsThatHaveEnded() throws IOException {
        Path file = Files.writeString(folder.resolve("read again and again"), "x");
        for (int round = 0; round < 100; round++) {
            server.run(Script.of("cat >&2; exit 3").withInput("x"));
            server.read(file.toString());
            server.follow(Script.of("echo x"), line -> {});
            try (Socket socket = server.converse(Script.of("cat"))) {
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }

        Heap.assertHoldsNone(SshProcess.class, SessionChannel.class);
    }

    @Test
    void shouldHoldNothingOfTunnelsThatAreClosed() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int round = 0; round < 100; round++) {
                try (Socket socket = server.connect(listening.getLocalPort());
                        Socket accepted = listening.accept()) {
                    accepted.shutdownOutput();
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            }
        }

        Heap.assertHoldsNone(DirectConnection.class);
    }

    @Test
    void shouldShareConnectionsAmongManyCallers() throws Exception {
        try (SshServers own = new SshServers(daemon.secrets());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Server shared = own.open(daemon.spec());
            Set<Long> before = daemon.connections();
            List<Future<String>> answers = new ArrayList<>();
            for (int caller = 0; caller < 30; caller++) {
                String name = "caller" + caller;
                answers.add(callers.submit(() -> shared.output(Script.of("sleep 0.5; echo \"$1\"", name))));
            }
            for (int caller = 0; caller < 30; caller++) {
                assertThat(answers.get(caller).get()).isEqualTo("caller" + caller + "\n");
            }
            // Those of the other tests may be about to end.
            assertThat(daemon.connections().stream().filter(connection -> !before.contains(connection)))
                    .hasSizeBetween(4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void shouldAcceptThePinnedKeyOfAnyKind(String kind) {
        try (SshServers own = new SshServers(daemon.secrets())) {
            assertThat(own.open(daemon.spec(kind)).output(Script.of("echo in"))).isEqualTo("in\n");
        }
    }

    @Test
    void shouldRefuseAnotherHostKey() {
        String other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assertThatThrownBy(() -> servers.open(daemon.pinned(other)).run(Script.of("true")))
                .satisfies(isFailure(FailureType.HOST_KEY_CHANGED))
                .hasMessageContaining(other)
                .hasMessageContaining(daemon.fingerprint("ed25519"))
                .hasMessageContaining(daemon.fingerprint("ecdsa"))
                .hasMessageContaining(daemon.fingerprint("rsa"));
    }

    @Test
    void shouldReportARefusedLogin() {
        SshLogin login = daemon.spec().ssh();
        HostSpec stranger =
                new HostSpec("old", "127.0.0.1", new SshLogin("nobody", login.key(), login.hostKey(), login.port()));
        try (SshServers own = new SshServers(reference -> otherKey())) {
            assertThatThrownBy(() -> own.open(daemon.spec()).run(Script.of("true")))
                    .satisfies(isFailure(FailureType.LOGIN_REFUSED))
                    .hasMessageContaining("secret:ops");
            assertThatThrownBy(() -> own.open(stranger).run(Script.of("true")))
                    .satisfies(isFailure(FailureType.LOGIN_REFUSED));
        }
    }

    @Test
    void shouldNotRepeatASecretThatIsNoKey() {
        try (SshServers own = new SshServers(reference -> "hunter2 is no key")) {
            assertThatThrownBy(() -> own.open(daemon.spec()).run(Script.of("true")))
                    .satisfies(isFailure(FailureType.SECRET_UNAVAILABLE))
                    .message()
                    .doesNotContain("hunter2");
        }
    }

    private static String otherKey() {
        try {
            Path key = folder.resolve("other");
            if (!Files.exists(key)) {
                new ProcessBuilder("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString())
                        .start()
                        .waitFor();
            }
            return Files.readString(key);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static org.assertj.core.api.ThrowingConsumer<Throwable> isFailure(FailureType type) {
        return thrown -> {
            assertThat(thrown).isInstanceOf(ApplicationFailure.class);
            assertThat(((ApplicationFailure) thrown).getType()).isEqualTo(type.name());
        };
    }

    static void awaitTrue(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
