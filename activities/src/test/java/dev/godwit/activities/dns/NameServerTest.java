package dev.godwit.activities.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.dns.NameServer.NoAnswer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Over a network that loses packets: a server on loopback that does not answer the first questions. */
class NameServerTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private DatagramSocket socket;
    private NameServer server;

    @BeforeEach
    void answer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        server = new NameServer("127.0.0.1", socket.getLocalPort(), Duration.ofMillis(300));
        Thread.ofVirtual().start(this::answerUntilClosed);
    }

    @AfterEach
    void close() {
        socket.close();
    }

    @Test
    void shouldAskAgainWhenPacketsGetLost() throws Exception {
        lost.set(2);

        Message answer = server.ask(Name.fromString("shop.example.org."), Type.SOA);

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(asked).hasValue(3);
    }

    @Test
    void shouldGiveUpAfterThreeQuestions() {
        lost.set(Integer.MAX_VALUE);

        assertThatThrownBy(() -> server.ask(Name.fromString("shop.example.org."), Type.SOA))
                .isInstanceOf(NoAnswer.class)
                .hasMessage("no answer (timed out)");
        assertThat(asked).hasValue(3);
    }

    private void answerUntilClosed() {
        byte[] buffer = new byte[512];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                if (asked.incrementAndGet() > lost.get()) {
                    Message question = new Message(Arrays.copyOf(buffer, packet.getLength()));
                    Message answer = new Message(question.getHeader().getID());
                    answer.getHeader().setFlag(Flags.QR);
                    answer.addRecord(question.getQuestion(), Section.QUESTION);
                    byte[] wire = answer.toWire();
                    socket.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            assertThat(socket.isClosed()).isTrue();
        }
    }
}
