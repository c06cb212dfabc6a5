package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a proof asks, and where it cannot.
 *
 * @param server the server that has the site; what cannot be asked from outside is asked through its ssh connection
 * @param asked at least one
 * @param notAsked the others, each with the reason
 */
public record Places(Server server, List<Endpoint> asked, List<String> notAsked) {
    public Places {
        asked = List.copyOf(asked);
        notAsked = List.copyOf(notAsked);
    }

    /** Tries what only the server itself can ask. */
    public static Places of(Server server, ProxySite site) {
        List<Endpoint> asked = new ArrayList<>();
        List<String> notAsked = new ArrayList<>();
        for (Endpoint endpoint : site.endpoints(server.spec().address())) {
            if (endpoint.inside()) {
                tryInside(server, endpoint, asked, notAsked);
            } else {
                asked.add(endpoint);
            }
        }
        notAsked.addAll(site.otherListens());
        return new Places(server, asked, notAsked);
    }

    private static void tryInside(Server server, Endpoint endpoint, List<Endpoint> asked, List<String> notAsked) {
        Heartbeat.of("asking whether the server itself reaches " + endpoint.place());
        try {
            server.connect(endpoint.address(), endpoint.port()).close();
            asked.add(endpoint);
        } catch (IOException e) {
            notAsked.add(endpoint.place() + " (" + e.getMessage() + ")");
        }
    }

    /** In words, such as {@code : https://shop at 192.0.2.1:443; not asked: unix:/run/shop.sock}. */
    @Override
    public String toString() {
        return ": " + Words.list(asked.stream().map(Endpoint::toString).toList())
                + (notAsked.isEmpty() ? "" : "; not asked: " + Words.list(notAsked));
    }
}
