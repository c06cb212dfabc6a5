package dev.godwit.activities.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;

/**
 * Two real BIND servers on two ports of loopback: a primary that takes updates, and a secondary that it notifies. BIND
 * listens on addresses of interfaces only, so a second address such as 127.0.0.2 would need a change of the machine.
 */
final class NameServers {
    static final String ADDRESS = "127.0.0.1";

    /** May change addresses and texts, as in the lab. */
    static final String KEY = "hmac-sha256:godwit:Z29kd2l0LWdvZHdpdC1nb2R3aXQtZ29kd2l0LTEyMzQ=";
    /** Is known and may change nothing. */
    static final String POWERLESS_KEY = "hmac-sha256:reader:cmVhZGVyLXJlYWRlci1yZWFkZXItcmVhZGVyLTEyMzQ=";

    private static final Path NAMED = Path.of("/usr/sbin/named");
    private static final Name ZONE = Records.name("example.org.");

    private final Path folder;
    private final int port;
    private final int secondaryPort;
    private final Process primary;
    private @Nullable Process secondary;

    private NameServers(Path folder, int port, int secondaryPort, Process primary) {
        this.folder = folder;
        this.port = port;
        this.secondaryPort = secondaryPort;
        this.primary = primary;
    }

    static NameServers start(Path folder) throws IOException {
        assumeTrue(Files.isExecutable(NAMED), "skipped: there is no " + NAMED + " (Debian package bind9)");
        int port = ThisMachine.freePort();
        int secondaryPort = ThisMachine.freePort();
        Files.writeString(folder.resolve("zone"), """
                $TTL 3600
                @    IN SOA ns1.example.org. hostmaster.example.org. 1 15 5 86400 5
                     IN NS  ns1.example.org.
                     IN NS  ns2.example.org.
                ns1  IN A   127.0.0.1
                ns2  IN A   127.0.0.2
                shop 300 IN A 10.66.0.2
                many 600 IN A 10.66.0.2
                many 600 IN A 10.66.0.9
                six  300 IN AAAA 2001:db8:66::2
                alias    IN CNAME shop
                away     IN A 10.66.0.3
                """);
        Process primary = run(folder, "primary", port, secondaryPort, """
                zone "example.org" {
                    type primary;
                    file "zone";
                    also-notify { 127.0.0.1 port %5$d; };
                    update-policy { grant godwit. zonesub A AAAA TXT; };
                };
                zone "gone.example.net" {
                    type primary;
                    file "elsewhere";
                    update-policy { grant godwit. zonesub A AAAA TXT; };
                };
                """);
        NameServers servers = new NameServers(folder, port, secondaryPort, primary);
        try {
            servers.startSecondary();
            return servers;
        } catch (IOException | AssertionError e) {
            primary.destroyForcibly();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** Both, as steps name servers. */
    List<String> both() {
        return List.of(ADDRESS + "#" + port, ADDRESS + "#" + secondaryPort);
    }

    /** Starts the second server with nothing but what it fetches: an old copy would wait for its refresh. */
    void startSecondary() throws IOException {
        Files.deleteIfExists(folder.resolve("secondary").resolve("copy"));
        secondary = run(folder, "secondary", secondaryPort, port, """
                zone "example.org" {
                    type secondary;
                    primaries { 127.0.0.1 port %5$d; };
                    file "copy";
                    masterfile-format text;
                };
                """);
    }

    /** Starts the second server with a zone of its own, which no transfer changes. */
    void freezeSecondary(String line) throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve("secondary")).resolve("own"),
                "$TTL 3600\n@ IN SOA ns1.example.org. hostmaster.example.org. 1 15 5 86400 5\n"
                        + "  IN NS ns2.example.org.\nns2 IN A 127.0.0.2\n" + line + "\n");
        secondary = run(folder, "secondary", secondaryPort, port, """
                zone "example.org" { type primary; file "own"; };
                """);
    }

    void stopSecondary() throws InterruptedException {
        if (secondary != null) {
            end(secondary);
        }
    }

    /** The primary's zone, as a transfer gives it, without its SOA, whose serial only grows. */
    List<String> zone() throws IOException, ZoneTransferException {
        return transfer().stream()
                .filter(one -> one.getType() != Type.SOA)
                .map(Record::toString)
                .sorted()
                .toList();
    }

    long serial() throws IOException, ZoneTransferException {
        return transfer().stream()
                .filter(SOARecord.class::isInstance)
                .mapToLong(one -> ((SOARecord) one).getSerial())
                .findFirst()
                .orElseThrow();
    }

    private List<Record> transfer() throws IOException, ZoneTransferException {
        ZoneTransferIn transfer = ZoneTransferIn.newAXFR(ZONE, ADDRESS, port, null);
        transfer.run();
        return transfer.getAXFR();
    }

    void stop() throws InterruptedException {
        end(primary);
        stopSecondary();
    }

    private static Process run(Path folder, String name, int port, int otherPort, String zones) throws IOException {
        Path home = name.equals("primary") ? folder : Files.createDirectories(folder.resolve(name));
        if (name.equals("primary")) {
            Files.writeString(folder.resolve("elsewhere"), """
                    $TTL 60
                    @   IN SOA ns.elsewhere.example. hostmaster.example.net. 1 15 5 86400 5
                        IN NS  ns.elsewhere.example.
                    shop IN A 10.66.0.2
                    """);
        }
        Path log = home.resolve(name + ".log");
        Path configuration = home.resolve(name + ".conf");
        Files.writeString(
                configuration, ("""
                options {
                    directory "%2$s";
                    listen-on port %1$d { 127.0.0.1; };
                    listen-on-v6 { none; };
                    pid-file none;
                    session-keyfile none;
                    lock-file none;
                    recursion no;
                    dnssec-validation no;
                    notify explicit;
                    notify-delay 0;
                    notify-source 127.0.0.1;
                    allow-transfer { 127.0.0.0/8; };
                };
                controls { };
                key "godwit" { algorithm hmac-sha256; secret "%3$s"; };
                key "reader" { algorithm hmac-sha256; secret "%4$s"; };
                """ + zones).formatted(port, home, value(KEY), value(POWERLESS_KEY), otherPort));
        Process process = new ProcessBuilder(
                        NAMED.toString(), "-g", "-c", configuration.toString(), "-n", "1", "-X", "none")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            awaitAnswer(process, port, log);
            return process;
        } catch (IOException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Until it answers for the zone: a secondary has then fetched it. */
    private static void awaitAnswer(Process process, int port, Path log) throws IOException {
        NameServer server = new NameServer(ADDRESS, port, Duration.ofMillis(200));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                if (server.ask(ZONE, Type.SOA).getRcode() == 0) {
                    return;
                }
            } catch (NameServer.NoAnswer e) {
                assertThat(process.isAlive()).as("named at port %s", port).isTrue();
            }
            assertThat(System.nanoTime())
                    .as("named at port %s answers; %s", port, Files.readString(log))
                    .isLessThan(deadline);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private static String value(String key) {
        return key.substring(key.lastIndexOf(':') + 1);
    }
}
