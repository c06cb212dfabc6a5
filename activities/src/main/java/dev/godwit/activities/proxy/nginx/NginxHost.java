package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.host.LiveTarget;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.step.FailureType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** nginx on one server: its files, its test, its reload. */
final class NginxHost {
    /** How long old workers may take to hand over to new ones: a reload of 30,000 server blocks takes 3 s. */
    private static final int RELOAD_SECONDS = 10;

    private final Server server;
    private final NginxLayout layout;

    NginxHost(Server server, NginxLayout layout) {
        this.server = server;
        this.layout = layout;
    }

    String address() {
        return server.spec().address();
    }

    String name() {
        return server.spec().host();
    }

    /** A site's file as it is. */
    static final class SiteFile {
        private final String path;
        private final @Nullable String link;
        private final String mode;
        private final byte[] content;
        private final byte @Nullable [] saved;

        private SiteFile(Map<String, String> lines) {
            this.path = required(lines, "live");
            this.link = lines.get("link");
            this.mode = required(lines, "mode");
            this.content = decoded(lines.getOrDefault("content", ""));
            this.saved = lines.containsKey("saved") ? decoded(required(lines, "saved")) : null;
        }

        /** The file itself, where links lead. */
        String path() {
            return path;
        }

        /** The text of the link, if the site's path is one. */
        Optional<String> link() {
            return Optional.ofNullable(link);
        }

        /** Its permissions, in octal. */
        String mode() {
            return mode;
        }

        byte[] content() {
            return content.clone();
        }

        /** The original that was saved under the checksum asked for. */
        Optional<byte[]> saved() {
            return Optional.ofNullable(saved).map(byte[]::clone);
        }

        String sha256() {
            return Sha256.of(content);
        }

        /** What Godwit says in it; empty for a file of somebody else's. */
        Optional<DerivedSite.Mark> mark() {
            return DerivedSite.mark(content);
        }
    }

    /** Reads the site's file and, if a checksum is given, the original saved under it. */
    Optional<SiteFile> read(String site, String migration, @Nullable String sha256) {
        Map<String, String> lines = lines(
                server.output(Script.of(NginxScripts.READ, site, sha256 == null ? "" : savedPath(migration, sha256))));
        return lines.containsKey("missing") ? Optional.empty() : Optional.of(new SiteFile(lines));
    }

    /** Keeps a file in the state folder under its checksum. */
    void save(SiteFile file, String migration) {
        succeeded(
                server.run(Script.of(NginxScripts.SAVE, file.path(), savedFolder(migration), file.sha256())),
                "the saving of " + file.path() + " in the state folder");
    }

    /**
     * Keeps in the state folder that from now on visitors may reach the target.
     *
     * @return whether none could before
     */
    boolean markForwarded(String migration) {
        return mark(StateFolder.forwarded(migration));
    }

    /** Takes that back: nginx never loaded what would have sent them there. */
    void unmarkForwarded(String migration) {
        succeeded(
                server.run(Script.of(NginxScripts.UNMARK, StateFolder.forwarded(migration))),
                "the removal of the note " + StateFolder.forwarded(migration) + " in the state folder");
    }

    private boolean mark(String path) {
        Reply reply = server.run(Script.of(NginxScripts.MARK, path));
        succeeded(reply, "the note " + path + " in the state folder");
        return !reply.out().isBlank();
    }

    /** Whether visitors may have reached the target. */
    boolean wasForwarded(String migration) {
        return LiveTarget.isNoted(server, migration);
    }

    /** The files behind patterns of includes. */
    Map<String, List<String>> included(List<String> patterns) {
        List<String> arguments = new ArrayList<>();
        arguments.add(layout.folder());
        arguments.addAll(patterns);
        Map<String, List<String>> contents = new HashMap<>();
        server.output(new Script(NginxScripts.INCLUDED, arguments, null))
                .lines()
                .map(line -> line.split(" ", 2))
                .forEach(parts -> contents.computeIfAbsent(
                                patterns.get(Integer.parseInt(parts[0])), pattern -> new ArrayList<>())
                        .add(new String(decoded(parts.length > 1 ? parts[1] : ""), StandardCharsets.ISO_8859_1)));
        return contents;
    }

    /** Puts new content in the place of a file. */
    void replace(String path, byte[] content) {
        tested(
                server.run(nginx(NginxScripts.REPLACE, RELOAD_SECONDS, path, "", length(content))
                        .withInput(encoded(content))),
                "the configuration with the derived " + path);
    }

    /** Puts a saved original back, with everything that it had. */
    void restore(String path, String migration, String sha256) {
        tested(
                server.run(nginx(NginxScripts.REPLACE, RELOAD_SECONDS, path, savedPath(migration, sha256), "")),
                "the configuration with the original " + path);
    }

    /** Loads a file that is in place already. */
    void reload(String path) {
        tested(server.run(nginx(NginxScripts.RELOAD, RELOAD_SECONDS, path)), "the configuration with " + path);
    }

    /** Begins the list of what {@link #install} makes. */
    void beginInstall(String migration) {
        mark(madePath(migration));
    }

    /** The paths that were made and are not undone; empty if nobody kept a list of them. */
    Optional<List<String>> made(String migration) {
        List<String> lines = server.output(Script.of(NginxScripts.LIST, madePath(migration)))
                .lines()
                .toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.subList(1, lines.size()));
    }

    /** Installs a file and the link to it. */
    void install(String site, SiteFile from, String migration) {
        tested(
                server.run(nginx(
                                NginxScripts.INSTALL,
                                RELOAD_SECONDS,
                                site,
                                from.path(),
                                from.link().orElse(""),
                                from.mode(),
                                length(from.content()),
                                madePath(migration))
                        .withInput(encoded(from.content()))),
                "the configuration with the source's site " + site
                        + "; copy what it needs (certificates, snippets, modules) to this server, or correct it");
    }

    /** Removes files that Godwit installed. */
    void remove(List<String> paths) {
        String[] parameters = Stream.concat(paths.stream(), Stream.of("")).toArray(String[]::new);
        tested(
                server.run(nginx(NginxScripts.REMOVE, RELOAD_SECONDS, parameters)),
                "the configuration without " + String.join(" and ", paths));
    }

    /**
     * Waits for the workers that only finish.
     *
     * @return {@code drained}, or {@code cut WORKERS CONNECTIONS}
     */
    String drain(int seconds, Consumer<String> second) {
        StringBuilder last = new StringBuilder();
        Reply reply = server.follow(nginx(NginxScripts.DRAIN, seconds), line -> {
            if (line.equals("drained") || line.startsWith("cut ")) {
                last.append(line);
            } else {
                second.accept(line);
            }
        });
        succeeded(reply, "the wait for nginx's old workers");
        return last.toString();
    }

    /** How a TCP connection from this server to another one goes: {@code open}, {@code refused}, or a reason. */
    String reach(String address, int port) {
        return server.output(Script.of(NginxScripts.REACH, address, Integer.toString(port)))
                .strip();
    }

    /** What the preflight asks. */
    Map<String, String> inspect(@Nullable String page) {
        return lines(server.output(nginx(NginxScripts.INSPECT, 0, page == null ? "" : page)));
    }

    private Script nginx(String script, int seconds, String... parameters) {
        List<String> arguments = new ArrayList<>(List.of(layout.unit(), layout.pidFile(), Integer.toString(seconds)));
        arguments.addAll(List.of(parameters));
        arguments.addAll(layout.command());
        return new Script(script, arguments, null);
    }

    private void tested(Reply reply, String what) {
        switch (reply.exitCode()) {
            case 0 -> {}
            case NginxScripts.NOT_RUNNING ->
                throw FailureType.PROXY_NOT_PROVED.because("Expected nginx to run on " + name()
                        + ", but found no master process; start it: systemctl start nginx");
            case NginxScripts.INVALID ->
                throw FailureType.PROXY_CONFIG_INVALID.because("Expected nginx on " + name() + " to accept " + what
                        + ", but found: " + reply.err().strip());
            case NginxScripts.RELOAD_FAILED ->
                throw FailureType.PROXY_NOT_PROVED.because("Expected nginx on " + name() + " to reload, but found: "
                        + reply.err().strip() + "; see its error log");
            case NginxScripts.NOT_RELOADED ->
                throw FailureType.PROXY_NOT_PROVED.because("Expected nginx on " + name()
                        + " to start new workers after a reload, but within " + RELOAD_SECONDS + " s found: "
                        + reply.err().strip() + "; see its error log");
            default -> succeeded(reply, "the change of nginx's configuration");
        }
    }

    private void succeeded(Reply reply, String what) {
        if (!reply.ok()) {
            throw RemoteFailure.of(name(), what, reply.exitCode(), reply.err());
        }
    }

    private static String savedFolder(String migration) {
        return StateFolder.of(migration) + "/proxy";
    }

    private static String madePath(String migration) {
        return StateFolder.of(migration) + "/site-made";
    }

    /** Where the original is kept. */
    static String savedPath(String migration, String sha256) {
        return savedFolder(migration) + "/" + sha256;
    }

    /** Lines of a key and, after a space, a value. */
    private static Map<String, String> lines(String output) {
        Map<String, String> lines = new HashMap<>();
        output.lines()
                .map(line -> line.split(" ", 2))
                .forEach(parts -> lines.put(parts[0], parts.length > 1 ? parts[1] : ""));
        return lines;
    }

    private static String required(Map<String, String> lines, String key) {
        String value = lines.get(key);
        if (value == null) {
            throw FailureType.COMMAND_FAILED.because("Expected a line '" + key + "', but found " + lines.keySet());
        }
        return value;
    }

    static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static String length(byte[] content) {
        return Integer.toString(content.length);
    }

    private static String encoded(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }
}
