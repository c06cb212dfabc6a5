package dev.godwit.activities.proxy;

import java.util.List;
import java.util.SortedSet;

/** A site's own file, as its proxy server reads it, and what Godwit can make of it. */
public interface ProxySite {
    /**
     * Where a client asks to learn what the server does with requests for the service's names: once for each place
     * where it listens for them.
     *
     * @param serverAddress the address by which the server is known
     */
    List<Endpoint> endpoints(String serverAddress);

    /** Where else it listens for them, in the server's words: there no TCP client can ask. */
    List<String> otherListens();

    /** The ports at which the site listens. */
    SortedSet<Integer> ports();

    /**
     * The site with the maintenance page: status 503 with Retry-After, whatever is asked (RFC 9110, 15.6.4), except
     * ACME challenges, which stay as they were, and Godwit's own probe, which is forwarded: so the way to the other
     * server is proved before anybody else is sent there.
     */
    DerivedSite page(DerivedSite.Purpose purpose);

    /**
     * The site that forwards every request to the other server, which serves it under the same names and ports. Nothing
     * is buffered, so that uploads, downloads and streams pass as they come.
     */
    DerivedSite forward(DerivedSite.Purpose purpose);
}
