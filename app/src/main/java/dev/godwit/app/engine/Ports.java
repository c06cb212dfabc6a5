package dev.godwit.app.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP ports on loopback. */
public final class Ports {
    private static final int FIRST = 10_000;

    /** Linux gives no port below to a connection or to a listener that takes any: ip(7), ip_local_port_range. */
    private static final int FIRST_EPHEMERAL = 32_768;

    private static final int COUNT = FIRST_EPHEMERAL - FIRST;

    /** Where the next search begins: never twice at the same port, and elsewhere than another Godwit's. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    /** The port itself, or for 0 one that is free right now. */
    static int choose(int wanted) {
        return wanted != 0 ? wanted : free();
    }

    /**
     * One that is free right now, and that nobody gets who asks the kernel for any port: it is still free when its
     * owner comes up seconds later.
     *
     * @throws IllegalStateException if none is found
     */
    public static int free() {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "Expected a free port of loopback from " + FIRST + " to " + (FIRST_EPHEMERAL - 1) + ", but found none");
    }

    /** Whether nobody listens on it. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
