package dev.godwit.activities;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The machine on which the tests run. */
public final class ThisMachine {
    private ThisMachine() {}

    /** Runs a command; what it says, if it succeeds. */
    public static String command(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("Expected " + String.join(" ", words) + " to succeed, but found: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return said;
    }

    /**
     * A port of loopback, free for TCP and UDP now, below those that Linux gives to connections (ip(7),
     * ip_local_port_range): nobody gets it by chance before the test's own program listens there.
     */
    public static int freePort() throws IOException {
        IOException last = new IOException("Expected a free port, but found none");
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            try {
                InetAddress loopback = InetAddress.getLoopbackAddress();
                new ServerSocket(port, 1, loopback).close();
                new DatagramSocket(port, loopback).close();
                return port;
            } catch (BindException e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * Waits until a program listens at a port of loopback. One that ends or needs too long is ended.
     *
     * @param log what the program says, for the failure
     */
    public static void awaitListening(Process program, int port, Path log) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!listens(port)) {
            if (!program.isAlive() || System.nanoTime() > deadline) {
                program.destroyForcibly().onExit().join();
                throw new IOException(
                        "Expected a program to listen at port " + port + ", but found: " + Files.readString(log));
            }
        }
    }

    /** Whether somebody listens at a port of loopback. */
    public static boolean listens(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            return true;
        } catch (ConnectException | SocketTimeoutException e) {
            return false;
        }
    }
}
