package dev.godwit.activities.proxy;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site's file on one server, what Godwit keeps of it in the state folder, and the notes about it there. */
public final class SiteFiles {
    private static final String READ = Resource.text(SiteFiles.class, "read.sh");
    private static final String SAVE = Resource.text(SiteFiles.class, "save.sh");
    private static final String MARK = Resource.text(SiteFiles.class, "mark.sh");
    private static final String REACH = Resource.text(SiteFiles.class, "reach.sh");

    /** {@code FILE}: {@code list}, and its lines; nothing if there is none. */
    private static final String LIST = """
            set -eu
            [ ! -e "$1" ] || { echo list; cat -- "$1"; }
            """;

    /** {@code FILE}: takes a mark away. */
    private static final String UNMARK = """
            set -eu
            rm -f -- "$1"
            sync -- "${1%/*}"
            """;

    private final Server server;

    public SiteFiles(Server server) {
        this.server = server;
    }

    /** The site's file as it is. */
    public Optional<SiteFile> read(String site) {
        return readWith(site, "");
    }

    /** The site's file, and the original that was saved under a checksum. */
    Optional<SiteFile> read(String site, String migration, @Nullable String sha256) {
        return readWith(site, sha256 == null ? "" : savedPath(migration, sha256));
    }

    private Optional<SiteFile> readWith(String site, String saved) {
        Map<String, String> lines = keys(server.output(Script.of(READ, site, saved)));
        return lines.containsKey("missing") ? Optional.empty() : Optional.of(new SiteFile(lines));
    }

    /** Keeps a file in the state folder under its checksum. */
    void save(SiteFile file, String migration) {
        succeeded(
                server.run(Script.of(SAVE, file.path(), savedFolder(migration), file.sha256())),
                "the saving of " + file.path() + " in the state folder");
    }

    /**
     * Keeps in the state folder that from now on visitors may reach the other server.
     *
     * @return whether none could before
     */
    boolean markForwarded(String migration) {
        return mark(StateFolder.forwarded(migration));
    }

    /** Takes that back: the proxy server never loaded what would have sent them there. */
    void unmarkForwarded(String migration) {
        succeeded(
                server.run(Script.of(UNMARK, StateFolder.forwarded(migration))),
                "the removal of the note " + StateFolder.forwarded(migration) + " in the state folder");
    }

    /** Begins the list of what an installation makes. */
    void beginInstall(String migration) {
        mark(madePath(migration));
    }

    /** The paths that were made and are not undone; empty if nobody kept a list of them. */
    Optional<List<String>> made(String migration) {
        List<String> lines =
                server.output(Script.of(LIST, madePath(migration))).lines().toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.subList(1, lines.size()));
    }

    /**
     * How a TCP connection from this server to another one goes: {@code open}, {@code refused}, a reason, or
     * {@code unknown} where nothing on the server can try.
     */
    public String reach(String address, int port) {
        return server.output(Script.of(REACH, address, Integer.toString(port))).strip();
    }

    private boolean mark(String path) {
        Reply reply = server.run(Script.of(MARK, path));
        succeeded(reply, "the note " + path + " in the state folder");
        return !reply.out().isBlank();
    }

    private void succeeded(Reply reply, String what) {
        if (!reply.ok()) {
            throw RemoteFailure.of(server.spec().host(), what, reply.exitCode(), reply.err());
        }
    }

    private static String savedFolder(String migration) {
        return StateFolder.of(migration) + "/proxy";
    }

    /** Where the original is kept. */
    static String savedPath(String migration, String sha256) {
        return savedFolder(migration) + "/" + sha256;
    }

    /** Where the list of what an installation makes is kept. */
    static String madePath(String migration) {
        return StateFolder.of(migration) + "/site-made";
    }

    /** Lines of a key and, after a space, a value, as programs for the servers print them. */
    public static Map<String, String> keys(String output) {
        Map<String, String> lines = new HashMap<>();
        output.lines()
                .map(line -> line.split(" ", 2))
                .forEach(parts -> lines.put(parts[0], parts.length > 1 ? parts[1] : ""));
        return lines;
    }
}
