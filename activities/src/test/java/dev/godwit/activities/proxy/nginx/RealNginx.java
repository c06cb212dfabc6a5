package dev.godwit.activities.proxy.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.ThisMachine;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An nginx of its own under a folder that stands for a server's root. */
final class RealNginx implements AutoCloseable {
    private static final int WORKERS = 3;

    /** A site's name that a shell would take for more than one. */
    static final String NAME = "shop'; touch pwned; '$(touch pwned)`touch pwned`\"*\\";

    static final String SITE = "/etc/nginx/sites-enabled/" + NAME;
    static final String FILE = "/etc/nginx/sites-available/" + NAME;

    final String name;
    final String address;
    final Path root;

    /**
     * Makes the folders and the main configuration, in Debian's layout. {@code snippets/listen.conf} listens at this
     * server's address, so that the same site's file works on two servers of one machine.
     */
    RealNginx(String name, String address, Path root, int http, int https) throws IOException {
        this.name = name;
        this.address = address;
        this.root = root;
        for (String folder : List.of(
                "run", "log", "tmp", "etc/nginx/sites-enabled", "etc/nginx/sites-available", "etc/nginx/snippets")) {
            Files.createDirectories(root.resolve(folder));
        }
        write("/etc/nginx/nginx.conf", """
                user %1$s;
                worker_processes %3$d;
                pid %2$s/run/nginx.pid;
                error_log %2$s/log/error.log;
                events { worker_connections 256; }
                http {
                    access_log off;
                    client_body_temp_path %2$s/tmp/body;
                    proxy_temp_path %2$s/tmp/proxy;
                    fastcgi_temp_path %2$s/tmp/fastcgi;
                    uwsgi_temp_path %2$s/tmp/uwsgi;
                    scgi_temp_path %2$s/tmp/scgi;
                    types { text/html html; text/css css; }
                    default_type application/octet-stream;
                    include sites-enabled/*;
                }
                """.formatted(System.getProperty("user.name"), root, WORKERS));
        write("/etc/nginx/snippets/listen.conf", """
                listen %1$s:%2$d;
                listen %1$s:%3$d ssl http2;
                """.formatted(address, http, https));
    }

    static boolean installed() {
        return Stream.of("/usr/sbin/nginx", "/usr/bin/openssl").map(Path::of).allMatch(Files::isExecutable);
    }

    static NginxLayout layout(String... command) {
        return new NginxLayout(
                Stream.concat(Stream.of(command), Stream.of("-c", "/etc/nginx/nginx.conf"))
                        .toList(),
                "/etc/nginx/nginx.conf",
                "/run/nginx.pid",
                "");
    }

    HostSpec spec() {
        return new HostSpec(name, address, new SshLogin("root", new SecretRef("key"), "SHA256:x", 22));
    }

    LocalServer server(Optional<Path> programs) {
        return new LocalServer(spec(), root, programs);
    }

    Path path(String inside) {
        return Path.of(root + inside);
    }

    void write(String inside, String text) throws IOException {
        Files.createDirectories(path(inside).getParent());
        Files.writeString(path(inside), text);
    }

    String read(String inside) throws IOException {
        return Files.readString(path(inside));
    }

    /** A certificate for a name, signed by nobody. */
    void certify(String host) throws IOException {
        ThisMachine.command(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + host,
                "-addext",
                "subjectAltName=DNS:" + host,
                "-keyout",
                path("/etc/nginx/" + host + ".key").toString(),
                "-out",
                path("/etc/nginx/" + host + ".crt").toString());
    }

    void enableSite(String text) throws IOException {
        write(FILE, text);
        Files.createSymbolicLink(path(SITE), Path.of("../sites-available/" + NAME));
    }

    /** Starts it. When this returns, its workers are there. */
    void start() throws IOException {
        ThisMachine.command(
                "/usr/sbin/nginx", "-c", path("/etc/nginx/nginx.conf").toString());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (workers().size() < WORKERS) {
            assertThat(System.nanoTime()).as("workers of nginx on %s", name).isLessThan(deadline);
        }
    }

    void reload() throws IOException {
        ThisMachine.command(
                "/usr/sbin/nginx", "-c", path("/etc/nginx/nginx.conf").toString(), "-s", "reload");
    }

    /** The processes of this nginx's workers. */
    Set<Long> workers() throws IOException {
        Set<Long> workers = new TreeSet<>();
        master().ifPresent(master -> master.children().forEach(child -> workers.add(child.pid())));
        return workers;
    }

    private Optional<ProcessHandle> master() throws IOException {
        Path pid = path("/run/nginx.pid");
        // A test of the configuration leaves an empty one where nginx does not run.
        return Files.exists(pid) && Files.size(pid) > 0
                ? ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                : Optional.empty();
    }

    /** The names of every file under nginx's folder. */
    List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(path("/etc/nginx"))) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Override
    public void close() throws IOException {
        Optional<ProcessHandle> master = master();
        if (master.isPresent()) {
            List<ProcessHandle> workers = master.get().children().toList();
            master.get().destroy();
            master.get().onExit().orTimeout(10, TimeUnit.SECONDS).join();
            workers.forEach(
                    worker -> worker.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        }
    }
}
