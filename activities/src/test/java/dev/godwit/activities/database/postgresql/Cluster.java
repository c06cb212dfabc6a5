package dev.godwit.activities.database.postgresql;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A real PostgreSQL server of the test's own, run by the system user postgres. Needs root and Debian's postgresql. */
final class Cluster implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private final Path folder;
    private final Path programs;
    private final int port;

    static Cluster start(String... settings) {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: a PostgreSQL of its own needs root");
        try (Stream<Path> versions = Files.isDirectory(VERSIONS) ? Files.list(VERSIONS) : Stream.empty()) {
            Path programs = versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder())
                    .orElse(Path.of("none"));
            assumeTrue(Files.isDirectory(programs), "skipped: no PostgreSQL server; apt-get install postgresql");
            return new Cluster(programs, List.of(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Cluster(Path programs, List<String> settings) throws IOException {
        this.programs = programs;
        folder = Files.createTempDirectory("godwit-pg");
        port = ThisMachine.freePort();
        Local.command("chown", "postgres:", folder.toString());
        Local.command("chmod", "755", folder.toString());
        postgres(
                program("initdb"),
                "-N",
                "-D",
                data(),
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--auth-local=peer",
                "--auth-host=scram-sha-256");
        List<String> lines = new ArrayList<>(List.of(
                "port = " + port,
                "unix_socket_directories = '" + folder + "'",
                "listen_addresses = '127.0.0.1'",
                "fsync = off",
                "max_prepared_transactions = 5",
                "log_statement = all"));
        lines.addAll(settings);
        Files.writeString(
                Path.of(data(), "postgresql.conf"), String.join("\n", lines) + "\n", StandardOpenOption.APPEND);
        postgres(program("pg_ctl"), "-s", "-w", "-D", data(), "-l", log().toString(), "start");
    }

    int port() {
        return port;
    }

    Path folder() {
        return folder;
    }

    /** The server's log. */
    Path log() {
        return folder.resolve("log");
    }

    /** Runs statements as the superuser; rows come back unaligned, fields separated by bars. */
    String sql(String database, String statements) {
        return Local.feed(
                        statements,
                        "runuser",
                        "-u",
                        "postgres",
                        "--",
                        "env",
                        "PGDATABASE=" + database,
                        program("psql"),
                        "-XAtq",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        folder.toString(),
                        "-p",
                        Integer.toString(port))
                .strip();
    }

    /** A session that stays; it ends with its standard input. */
    Process session(String user, String password, String database, String statements) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        program("psql"), "-XAtq", "-w", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", user)
                .redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("PGDATABASE", database);
        builder.environment().put("PGAPPNAME", "shop");
        Process process = builder.start();
        process.getOutputStream().write((statements + "\nSELECT 'here';\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return process;
    }

    /** Replaces pg_hba.conf. */
    void admit(String... lines) throws IOException {
        Files.writeString(Path.of(data(), "pg_hba.conf"), String.join("\n", lines) + "\n");
        postgres(program("pg_ctl"), "-s", "-D", data(), "reload");
    }

    @Override
    public void close() {
        postgres(program("pg_ctl"), "-s", "-w", "-m", "immediate", "-D", data(), "stop");
        Local.command("rm", "-rf", "--", folder.toString());
    }

    private String data() {
        return folder + "/data";
    }

    private String program(String name) {
        return programs.resolve(name).toString();
    }

    private static void postgres(String... words) {
        List<String> command = new ArrayList<>(List.of("runuser", "-u", "postgres", "--"));
        command.addAll(List.of(words));
        Local.command(command.toArray(String[]::new));
    }
}
