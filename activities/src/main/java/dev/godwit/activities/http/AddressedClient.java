package dev.godwit.activities.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks an IP address of the caller's choice while SNI, the check of the certificate and the Host header use the name in
 * the URL: what an entry in {@code /etc/hosts} does for a person. Every question opens a connection of its
 * own, follows no redirect, and ends within its time.
 */
public final class AddressedClient implements AutoCloseable {
    /** How much of a body is read. */
    public static final int BODY_LIMIT = 4 * 1024 * 1024;

    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*\"?([A-Za-z0-9._:-]+)");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.%]*:[0-9A-Za-z:.%]*");

    private final SSLContext context;
    private final boolean verified;
    private final CloseableHttpClient client;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("godwit-http-timeout").factory());

    private AddressedClient(
            SSLContext context,
            boolean verified,
            Duration timeout,
            PoolingHttpClientConnectionManagerBuilder connections) {
        this.context = context;
        this.verified = verified;
        this.timeout = timeout;
        // Else the guard of an answered question holds it until its time is over.
        watch.setRemoveOnCancelPolicy(true);
        Timeout each = Timeout.ofMilliseconds(timeout.toMillis());
        DefaultClientTlsStrategy tls = verified
                ? new DefaultClientTlsStrategy(
                        context, HostnameVerificationPolicy.BOTH, HttpsSupport.getDefaultHostnameVerifier())
                : new DefaultClientTlsStrategy(
                        context, HostnameVerificationPolicy.CLIENT, NoopHostnameVerifier.INSTANCE);
        this.client = HttpClients.custom()
                .setConnectionManager(connections
                        .setTlsSocketStrategy(tls)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(each)
                                .setSocketTimeout(each)
                                .build())
                        .setMaxConnTotal(64)
                        .setMaxConnPerRoute(16)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(each)
                        .setConnectionRequestTimeout(each)
                        .build())
                // A kept connection would show what an old configuration answers.
                .setConnectionReuseStrategy((request, response, httpContext) -> false)
                .setKeepAliveStrategy((response, httpContext) -> TimeValue.ZERO_MILLISECONDS)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("Godwit")
                .build();
    }

    /**
     * A client that verifies certificates.
     *
     * @param authorities a PEM file with authorities to trust beside the JDK's; null for none
     * @param timeout for a whole question
     */
    public static AddressedClient verifying(@Nullable Path authorities, Duration timeout) {
        return new AddressedClient(
                Trust.authorities(authorities), true, timeout, PoolingHttpClientConnectionManagerBuilder.create());
    }

    /** A client that takes any certificate, to prove which configuration answers; the checks verify certificates. */
    public static AddressedClient accepting(Duration timeout) {
        return new AddressedClient(
                Trust.anything(), false, timeout, PoolingHttpClientConnectionManagerBuilder.create());
    }

    /** A client like this one, whose connections somebody else opens: a server can be asked from the server itself. */
    public AddressedClient through(Way way) {
        return new AddressedClient(context, verified, timeout, new ConnectionsThrough(way));
    }

    /** Opens connections. */
    @FunctionalInterface
    public interface Way {
        /**
         * A connected socket.
         *
         * @param address an IP address, as the opener reaches it
         */
        Socket open(String address, int port) throws IOException;
    }

    /**
     * Asks a URL of the server at an address.
     *
     * @param address an IP literal
     * @param headers what the question carries beside the usual
     * @throws NoAnswer saying why, in words for people
     */
    public Answer get(String address, URI url, Answer.Header... headers) throws NoAnswer {
        String name = url.getHost();
        HttpHost host = new HttpHost(url.getScheme(), literal(address), name, port(url));
        HttpGet get = new HttpGet(url);
        for (Answer.Header header : headers) {
            get.addHeader(header.name(), header.value());
        }
        long start = System.nanoTime();
        Future<?> guard = watch.schedule(get::cancel, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(host, get, response -> answer(response, start));
        } catch (IOException e) {
            throw new NoAnswer(reason(e, get.isCancelled()), e);
        } finally {
            guard.cancel(false);
        }
    }

    private static Answer answer(ClassicHttpResponse response, long start) throws IOException {
        byte[] body = new byte[0];
        Charset charset = StandardCharsets.UTF_8;
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            charset = charset(entity.getContentType());
            InputStream content = entity.getContent();
            body = content.readNBytes(BODY_LIMIT);
            if (body.length == BODY_LIMIT) {
                // Closing the stream would read the rest first.
                response.close();
            }
        }
        return new Answer(
                response.getCode(),
                Arrays.stream(response.getHeaders())
                        .map(header -> new Answer.Header(header.getName(), header.getValue()))
                        .toList(),
                new String(body, charset),
                Duration.ofNanos(System.nanoTime() - start));
    }

    private static Charset charset(@Nullable String contentType) {
        Matcher declared = CHARSET.matcher(contentType == null ? "" : contentType);
        try {
            return declared.find() ? Charset.forName(declared.group(1)) : StandardCharsets.UTF_8;
        } catch (UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    private String reason(IOException failure, boolean cancelled) {
        return switch (failure) {
            case IOException ignored when cancelled -> "no answer within " + timeout.toMillis() + " ms";
            case SSLException e -> "TLS failed: " + deepest(e);
            case SocketTimeoutException e -> "no answer within " + timeout.toMillis() + " ms";
            case ConnectException e -> "no connection: " + deepest(e).replaceFirst("^Connect to .* failed: ", "");
            case InterruptedIOException e -> "interrupted";
            default -> deepest(failure);
        };
    }

    private static String deepest(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** The address behind an IP literal; a name would be looked up, and that is what this class is there to avoid. */
    static InetAddress literal(String address) {
        try {
            if (NUMERIC.matcher(address).matches()) {
                return InetAddress.getByName(address);
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Expected an IP address, but found '" + address + "'", e);
        }
        throw new IllegalArgumentException("Expected an IP address, but found '" + address + "'");
    }

    private static int port(URI url) {
        if (!Set.of("http", "https").contains(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("Expected an http or https URL, but found '" + url + "'");
        }
        return url.getPort() != -1 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    }

    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        client.close();
    }

    /** The server gave no answer. */
    public static final class NoAnswer extends Exception {
        NoAnswer(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
