package dev.godwit.activities.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/** Lets somebody else open the connections of an HTTP client, which then speaks TLS over them as usual. */
final class ConnectionsThrough extends PoolingHttpClientConnectionManagerBuilder {
    private final AddressedClient.Way way;

    ConnectionsThrough(AddressedClient.Way way) {
        this.way = way;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
            SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
        return new Operator(way, tls);
    }

    private record Operator(AddressedClient.Way way, TlsSocketStrategy tls) implements HttpClientConnectionOperator {
        @Override
        public void connect(
                ManagedHttpClientConnection connection,
                HttpHost host,
                InetSocketAddress local,
                TimeValue timeout,
                SocketConfig config,
                HttpContext context)
                throws IOException {
            Socket socket = way.open(host.getAddress().getHostAddress(), host.getPort());
            // So that a question that is given up closes it.
            connection.bind(socket);
            if (host.getSchemeName().toLowerCase(Locale.ROOT).equals("https")) {
                connection.bind(tls.upgrade(socket, host.getHostName(), host.getPort(), null, context), socket);
            }
        }

        @Override
        public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context) {
            throw new UnsupportedOperationException("Expected no question that begins without TLS and goes on with it");
        }
    }
}
