package dev.godwit.activities.proxy;

import java.net.URI;

/** A name at a place where a proxy server listens. */
public record Endpoint(boolean tls, String address, int port, String name) {
    /** A URL there. */
    URI url(String path) {
        return URI.create((tls ? "https://" : "http://") + name + ":" + port + path);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + name + " at " + bracketed(address) + ":" + port;
    }

    /** An address as URLs and configurations write it. */
    public static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }
}
