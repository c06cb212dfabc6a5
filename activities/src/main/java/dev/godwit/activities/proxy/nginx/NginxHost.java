package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.proxy.SiteFile;
import dev.godwit.activities.proxy.SiteFiles;
import dev.godwit.workflows.step.FailureType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** nginx on one server: its files, its test, its reload. */
final class NginxHost {
    private static final int NOT_RUNNING = 20;
    private static final int INVALID = 21;
    private static final int RELOAD_FAILED = 22;
    private static final int NOT_RELOADED = 23;

    private static final String INCLUDED = program("included.sh");
    private static final String REPLACE = program("replace.sh");
    private static final String RELOAD = program("reload.sh");
    private static final String INSTALL = program("install.sh");
    private static final String REMOVE = program("remove.sh");
    private static final String DRAIN = program("drain.sh");
    private static final String INSPECT = program("inspect.sh");

    /** How long old workers may take to hand over to new ones: a reload of 30,000 server blocks takes 3 s. */
    private static final int RELOAD_SECONDS = 10;

    private final Server server;
    private final NginxLayout layout;

    NginxHost(Server server, NginxLayout layout) {
        this.server = server;
        this.layout = layout;
    }

    private static String program(String name) {
        return Resource.text(NginxHost.class, name);
    }

    String address() {
        return server.spec().address();
    }

    String name() {
        return server.spec().host();
    }

    /** The files behind patterns of includes. */
    Map<String, List<String>> included(List<String> patterns) {
        List<String> arguments = new ArrayList<>();
        arguments.add(layout.folder());
        arguments.addAll(patterns);
        Map<String, List<String>> contents = new HashMap<>();
        server.output(new Script(INCLUDED, arguments, null))
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
                server.run(nginx(REPLACE, RELOAD_SECONDS, path, "", length(content))
                        .withInput(encoded(content))),
                "the configuration with the derived " + path);
    }

    /** Puts a file that was kept back, with everything that it had. */
    void restore(String path, String kept) {
        tested(
                server.run(nginx(REPLACE, RELOAD_SECONDS, path, kept, "")),
                "the configuration with the original " + path);
    }

    /** Loads a file that is in place already. */
    void reload(String path) {
        tested(server.run(nginx(RELOAD, RELOAD_SECONDS, path)), "the configuration with " + path);
    }

    /** Installs a file and the link to it. */
    void install(String site, SiteFile from, String made) {
        tested(
                server.run(nginx(
                                INSTALL,
                                RELOAD_SECONDS,
                                site,
                                from.path(),
                                from.link().orElse(""),
                                from.mode(),
                                length(from.content()),
                                made)
                        .withInput(encoded(from.content()))),
                "the configuration with the source's site " + site
                        + "; copy what it needs (certificates, snippets, modules) to this server, or correct it");
    }

    /** Removes files that Godwit installed. */
    void remove(List<String> paths) {
        String[] parameters = Stream.concat(paths.stream(), Stream.of("")).toArray(String[]::new);
        tested(
                server.run(nginx(REMOVE, RELOAD_SECONDS, parameters)),
                "the configuration without " + String.join(" and ", paths));
    }

    /**
     * Waits for the workers that only finish.
     *
     * @return {@code drained}, or {@code cut WORKERS CONNECTIONS}
     */
    String drain(int seconds, Consumer<String> second) {
        StringBuilder last = new StringBuilder();
        Reply reply = server.follow(nginx(DRAIN, seconds), line -> {
            if (line.equals("drained") || line.startsWith("cut ")) {
                last.append(line);
            } else {
                second.accept(line);
            }
        });
        succeeded(reply, "the wait for nginx's old workers");
        return last.toString();
    }

    /** What the preflight asks. */
    Map<String, String> inspect(@Nullable String page) {
        return SiteFiles.keys(server.output(nginx(INSPECT, 0, page == null ? "" : page)));
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
            case NOT_RUNNING ->
                throw FailureType.PROXY_NOT_PROVED.because("Expected nginx to run on " + name()
                        + ", but found no master process; start it: systemctl start nginx");
            case INVALID ->
                throw FailureType.PROXY_CONFIG_INVALID.because("Expected nginx on " + name() + " to accept " + what
                        + ", but found: " + reply.err().strip());
            case RELOAD_FAILED ->
                throw FailureType.PROXY_NOT_PROVED.because("Expected nginx on " + name() + " to reload, but found: "
                        + reply.err().strip() + "; see its error log");
            case NOT_RELOADED ->
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
