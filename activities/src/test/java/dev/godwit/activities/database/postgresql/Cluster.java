package dev.godwit.activities.database.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A real PostgreSQL server of the test's own, run by the system user postgres. Needs root and Debian's postgresql. */
final class Cluster implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private static final String HERE = "SELECT 'here';\n";

    /** Lets go of what keeps a database from being dropped. */
    private static final String LOOSEN = """
            SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts WHERE database = current_database() \\gexec
            SELECT format('ALTER SUBSCRIPTION %I DISABLE', subname),
                   format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname),
                   format('DROP SUBSCRIPTION %I', subname)
              FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
             WHERE d.datname = current_database() \\gexec
            """;

    private final Path folder;
    private final Path programs;
    private final int port;
    private final List<Process> opened = new ArrayList<>();
    private final Set<String> kept = new HashSet<>();

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
                // What runs by itself changes sizes between two looks.
                "autovacuum = off",
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
        return Local.feed(statements, asSuperuser(database).toArray(String[]::new))
                .strip();
    }

    private List<String> asSuperuser(String database) {
        return List.of(
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
                Integer.toString(port));
    }

    /**
     * A session that stays until the cluster is cleaned. When this returns, it is there and has run the statements.
     *
     * @throws IOException if the server refuses them, with its words
     */
    Process session(String user, String password, String database, String statements) throws IOException {
        return awaitHere(psql(user, password, database), statements + "\n" + HERE);
    }

    /** What the server says to statements; of a login that it refuses, its words. */
    String answer(String user, String password, String database, String statements) throws IOException {
        Process process = psql(user, password, database).start();
        opened.add(process);
        try (OutputStream input = process.getOutputStream()) {
            input.write(statements.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It was refused and is gone; what it said is still there to read.
            return said(process);
        }
        return said(process);
    }

    /** A superuser's session that is at work for as long as it lives. When this returns, it is there. */
    Process busySession(String application) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(asSuperuser("postgres")).redirectErrorStream(true);
        builder.environment().put("PGAPPNAME", application);
        return awaitHere(builder, HERE + "SELECT pg_sleep(600);\n");
    }

    private ProcessBuilder psql(String user, String password, String database) {
        ProcessBuilder builder = new ProcessBuilder(
                        program("psql"), "-XAtq", "-w", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", user)
                .redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        builder.environment().put("PGDATABASE", database);
        builder.environment().put("PGAPPNAME", "shop");
        return builder;
    }

    private Process awaitHere(ProcessBuilder builder, String statements) throws IOException {
        Process process = builder.start();
        opened.add(process);
        process.getOutputStream().write(statements.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        StringBuilder said = new StringBuilder();
        for (String line = process.inputReader().readLine();
                line != null;
                line = process.inputReader().readLine()) {
            if (line.equals("here")) {
                return process;
            }
            said.append(line).append('\n');
        }
        throw new IOException("Expected a session, but found: " + said);
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Replaces pg_hba.conf. When this returns, new sessions are judged by it. */
    void admit(String... lines) throws IOException {
        Files.writeString(Path.of(data(), "pg_hba.conf"), String.join("\n", lines) + "\n");
        // A new session has this time from the postmaster, which reads pg_hba.conf before it starts another session.
        String loaded = "SELECT pg_conf_load_time()";
        String before = sql("postgres", loaded);
        postgres(program("pg_ctl"), "-s", "-D", data(), "reload");
        await("postgres", loaded, time -> !time.equals(before));
    }

    /** Waits until a query's answer fits. */
    void await(String database, String query, Predicate<String> fits) {
        Instant end = Instant.now().plusSeconds(30);
        for (String answer = sql(database, query); !fits.test(answer); answer = sql(database, query)) {
            assertThat(Instant.now())
                    .as("time when %s still answers %s", query, answer)
                    .isBefore(end);
        }
    }

    /** What is there now is there for every test: {@link #clean} leaves it. */
    void keepWhatIsThere() {
        kept.addAll(databases());
        kept.addAll(roles());
    }

    /** Ends every session and drops every database and role that a test left: the next one finds none of them. */
    void clean() {
        sql("postgres", """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                """);
        for (Process process : opened) {
            process.destroy();
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        opened.clear();
        for (String database : databases()) {
            if (!kept.contains(database)) {
                sql(database, LOOSEN);
                sql("postgres", "DROP DATABASE " + quoted(database) + " WITH (FORCE)");
            }
        }
        List<String> made = roles().stream()
                .filter(role -> !kept.contains(role))
                .map(Cluster::quoted)
                .toList();
        if (!made.isEmpty()) {
            String all = String.join(", ", made);
            sql("postgres", "DROP OWNED BY " + all + "; DROP ROLE " + all);
        }
    }

    private List<String> databases() {
        return lines("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'");
    }

    private List<String> roles() {
        return lines("SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> 'postgres'");
    }

    private List<String> lines(String query) {
        return sql("postgres", query).lines().toList();
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Override
    public void close() {
        try {
            clean();
        } finally {
            postgres(program("pg_ctl"), "-s", "-w", "-m", "immediate", "-D", data(), "stop");
            Local.command("rm", "-rf", "--", folder.toString());
        }
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
