package dev.godwit.activities.proxy;

import java.net.URI;

/**
 * A name at a place where a proxy server listens.
 *
 * @param inside whether the server itself is to ask there: from outside the address is not known to be reached
 */
public record Endpoint(boolean tls, String address, int port, String name, boolean inside) {
    /** A URL there. */
    URI url(String path) {
        return URI.create((tls ? "https://" : "http://") + name + ":" + port + path);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + name + " at " + place() + (inside ? " from the server itself" : "");
    }

    /** The address and the port. */
    String place() {
        return bracketed(address) + ":" + port;
    }

    /** An address as URLs and configurations write it. */
    public static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }
}
