package dev.godwit.activities.certificates;

import dev.godwit.activities.http.Trust;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Asks a server what it offers to those who connect: protocols, a cipher for each, and its certificate. */
final class TlsProbe {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int RANDOM = 32;

    /** What clients of TLS 1.0 to 1.2 offer: ECDHE, DHE and RSA, with GCM, CBC and 3DES (RFC 5246, 5289, 7905). */
    private static final int[] CIPHERS = {
        0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009E, 0x009F, 0xC023, 0xC027, 0xC009, 0xC013, 0xC00A, 0xC014,
        0x0033, 0x0039, 0x0067, 0x006B, 0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035, 0x000A
    };

    private final Duration timeout;

    TlsProbe(Duration timeout) {
        this.timeout = timeout;
    }

    /** The older protocols. The JDK refuses to speak the first two, so that these are asked for by hand. */
    private enum Old {
        TLS_1_0("TLSv1", 0x0301),
        TLS_1_1("TLSv1.1", 0x0302),
        TLS_1_2("TLSv1.2", 0x0303);

        private final String word;
        private final int version;

        Old(String word, int version) {
            this.word = word;
            this.version = version;
        }
    }

    /**
     * What was found.
     *
     * @param protocols such as {@code TLSv1.2}, oldest first
     * @param certificate the one shown for the name, if the JDK could shake hands at all
     */
    record Offer(List<String> protocols, Optional<X509Certificate> certificate) {
        Offer {
            protocols = List.copyOf(protocols);
        }
    }

    /**
     * Connects once for each protocol.
     *
     * @throws IOException if there is no connection at all
     */
    Offer ask(String address, int port, String name) throws IOException {
        List<String> protocols = new ArrayList<>();
        for (Old old : Old.values()) {
            if (offers(address, port, name, old.version)) {
                protocols.add(old.word);
            }
        }
        Optional<X509Certificate> certificate = shakeHands(address, port, name, "TLSv1.3");
        if (certificate.isPresent()) {
            protocols.add("TLSv1.3");
        } else {
            certificate = shakeHands(address, port, name, "TLSv1.2");
        }
        return new Offer(protocols, certificate);
    }

    private Socket connect(String address, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private boolean offers(String address, int port, String name, int version) throws IOException {
        try (Socket socket = connect(address, port)) {
            socket.getOutputStream().write(hello(name, version));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            try {
                return answersWith(in, version);
            } catch (IOException e) {
                // It hung up, or said nothing: it does not want this protocol.
                return false;
            }
        }
    }

    private static boolean answersWith(DataInputStream in, int version) throws IOException {
        if (in.readUnsignedByte() != HANDSHAKE) {
            return false;
        }
        in.readUnsignedShort();
        in.readUnsignedShort();
        if (in.readUnsignedByte() != SERVER_HELLO) {
            return false;
        }
        in.readUnsignedByte();
        in.readUnsignedShort();
        return in.readUnsignedShort() == version;
    }

    /** A ClientHello (RFC 5246, section 7.4.1.2) that offers one version as the highest. */
    private static byte[] hello(String name, int version) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeShort(version);
        byte[] random = new byte[RANDOM];
        new SecureRandom().nextBytes(random);
        out.write(random);
        out.writeByte(0);
        out.writeShort(CIPHERS.length * 2);
        for (int cipher : CIPHERS) {
            out.writeShort(cipher);
        }
        out.writeByte(1);
        out.writeByte(0);
        byte[] extensions = extensions(name);
        out.writeShort(extensions.length);
        out.write(extensions);

        ByteArrayOutputStream record = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(record);
        header.writeByte(HANDSHAKE);
        header.writeShort(0x0301);
        header.writeShort(body.size() + 4);
        header.writeByte(CLIENT_HELLO);
        header.writeByte(0);
        header.writeShort(body.size());
        header.write(body.toByteArray());
        return record.toByteArray();
    }

    /** server_name, supported_groups, ec_point_formats and signature_algorithms (RFC 6066, 8422, 8446). */
    private static byte[] extensions(String name) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(all);
        byte[] host = name.getBytes(StandardCharsets.US_ASCII);
        out.writeShort(0);
        out.writeShort(host.length + 5);
        out.writeShort(host.length + 3);
        out.writeByte(0);
        out.writeShort(host.length);
        out.write(host);
        list(out, 10, 0x001D, 0x0017, 0x0018, 0x0019);
        out.writeShort(11);
        out.writeShort(2);
        out.writeByte(1);
        out.writeByte(0);
        list(out, 13, 0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201);
        return all.toByteArray();
    }

    private static void list(DataOutputStream out, int type, int... values) throws IOException {
        out.writeShort(type);
        out.writeShort(values.length * 2 + 2);
        out.writeShort(values.length * 2);
        for (int value : values) {
            out.writeShort(value);
        }
    }

    private Optional<X509Certificate> shakeHands(String address, int port, String name, String protocol)
            throws IOException {
        try (Socket plain = connect(address, port);
                SSLSocket socket =
                        (SSLSocket) Trust.anything().getSocketFactory().createSocket(plain, name, port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            try {
                socket.startHandshake();
                Certificate[] chain = socket.getSession().getPeerCertificates();
                return chain.length > 0 && chain[0] instanceof X509Certificate first
                        ? Optional.of(first)
                        : Optional.empty();
            } catch (IOException e) {
                // No common protocol; a server that is not there failed before.
                return Optional.empty();
            }
        }
    }
}
