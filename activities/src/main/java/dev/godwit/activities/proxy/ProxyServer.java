package dev.godwit.activities.proxy;

import dev.godwit.activities.host.Server;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.step.Inspection;
import java.time.Duration;
import java.util.List;

/**
 * What one kind of proxy server does in its own way: nginx does it in the package {@code nginx}. What is the same for
 * all, the order of page, probe, note, forwarding and proof, is {@link SiteSwitch}'s.
 *
 * <p>Everything that changes a configuration lets the server test it first, and fails with PROXY_CONFIG_INVALID before
 * anything is live; with PROXY_NOT_PROVED where the server does not run or does not take it over.
 */
public interface ProxyServer {
    /** What the preflight finds on both sides. It changes nothing. */
    Inspection<ProxyFacts> inspect(Server source, Server target);

    /**
     * Reads the site's file with what it includes; PROXY_CONFIG_INVALID if that is not the server's language.
     *
     * @param content of the file, which may not be what is live
     */
    ProxySite parse(Server server, String path, byte[] content);

    /** Puts new content in the place of a live file, and loads it. */
    void replace(Server server, String path, byte[] content);

    /** Puts a file that was kept in the place of a live one, with everything that it had, and loads it. */
    void restore(Server server, String path, String kept);

    /** Loads a live file again. */
    void reload(Server server, String path);

    /**
     * Installs a file and the link to it on a server that has neither, and loads them.
     *
     * @param site the path, of the link if there is one
     * @param made the file on the server that lists what was made, from before it is there
     */
    void install(Server server, String site, SiteFile from, String made);

    /** Removes files that Godwit installed, and loads what is left. */
    void remove(Server server, List<String> paths);

    /** Waits until the requests that were under way before the last change are answered, then ends what is left. */
    Drained drain(Server server, Duration atMost, Runnable eachSecond);

    /**
     * How such a wait ended.
     *
     * @param left what was ended, in words, such as {@code 1 old worker of nginx}; empty if every request was finished
     */
    record Drained(String left) {}
}
