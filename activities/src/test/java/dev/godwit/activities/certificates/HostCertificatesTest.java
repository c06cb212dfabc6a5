package dev.godwit.activities.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.activities.link.TwoServers;
import dev.godwit.workflows.certificates.CertificateStep.CopyCertificates;
import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.certificates.TlsSpec.Renewal;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TwoServers.RESOURCE)
class HostCertificatesTest {
    private static final String LIVE = "/etc/letsencrypt/live/shop.example.org";
    private static final TlsSpec TLS = new TlsSpec(List.of(LIVE), Renewal.CERTBOT);

    private TwoServers servers;
    private HostCertificates certificates;

    @BeforeEach
    void boot(@TempDir Path folder) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "skipped: no openssl; apt-get install openssl");
        servers = TwoServers.boot(folder);
        new SshHostLink(servers.servers())
                .linkHosts(new Act<>(servers.migration(), "link", new LinkHosts(), BeforeImage.NOTHING));
        certificates = at(Instant.now(), 1);
        // A lineage as certbot keeps it, renewed once.
        sh(Side.SOURCE, """
                mkdir -p etc/letsencrypt/live/shop.example.org etc/letsencrypt/archive/shop.example.org etc/letsencrypt/renewal
                chmod 700 etc/letsencrypt/live etc/letsencrypt/archive
                cd etc/letsencrypt/archive/shop.example.org
                for number in 1 2; do
                    openssl req -x509 -newkey rsa:2048 -nodes -keyout privkey$number.pem -out cert$number.pem -days 90 \\
                        -subj /CN=shop.example.org -addext subjectAltName=DNS:shop.example.org,DNS:*.cdn.example.org \\
                        -addext basicConstraints=critical,CA:FALSE
                    cp cert$number.pem fullchain$number.pem
                done
                chmod 640 privkey*.pem
                cd ../../live/shop.example.org
                for name in cert privkey fullchain; do ln -s ../../archive/shop.example.org/${name}2.pem $name.pem; done
                echo 'account = old' > ../../renewal/shop.example.org.conf
                mkdir -p ../../accounts/acme/directory/old
                chmod -R go= ../../accounts
                echo '{"old": true}' > ../../accounts/acme/directory/old/private_key.json
                echo dh-of-old > ../../ssl-dhparams.pem
                """);
    }

    @AfterEach
    void close() {
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void shouldCopyALineageWithItsLinksRenewalAndAccounts() throws IOException {
        BeforeImage before = look();
        Outcome outcome = copy(before);

        assertThat(listing(Side.TARGET)).isEqualTo(listing(Side.SOURCE)).contains("live/shop.example.org/cert.pem");
        assertThat(Files.readSymbolicLink(servers.on(Side.TARGET, LIVE + "/privkey.pem")))
                .hasToString("../../archive/shop.example.org/privkey2.pem");
        assertThat(before)
                .isInstanceOfSatisfying(
                        SavedFiles.class,
                        image -> assertThat(image.files())
                                .contains(
                                        new SavedFile(LIVE + "/cert.pem", false, null),
                                        new SavedFile("/etc", true, null)));
        assertThat(outcome.summary()).startsWith("12 files and links are new");
        assertThat(copy(before).summary()).startsWith("0 files and links are new on the target, 12 were there");
        assertThat(ThisMachine.command(
                        "sh",
                        "-c",
                        "find \"$1/var/lib/godwit\" -name new",
                        "sh",
                        servers.on(Side.TARGET, "/").toString()))
                .isEmpty();
    }

    @Test
    void shouldPutBackExactlyWhatTheTargetHad() throws IOException {
        sh(Side.TARGET, """
                mkdir -p etc/letsencrypt/accounts/acme/directory/new etc/letsencrypt/renewal etc/letsencrypt/live
                chmod 711 etc/letsencrypt/live
                echo '{"new": true}' > etc/letsencrypt/accounts/acme/directory/new/private_key.json
                echo 'account = new' > etc/letsencrypt/renewal/shop.example.org.conf
                chmod 604 etc/letsencrypt/renewal/shop.example.org.conf
                chown 33:34 etc/letsencrypt/renewal/shop.example.org.conf
                echo dh-of-new > etc/letsencrypt/ssl-dhparams.pem
                touch -d '2020-02-02 02:02:02' etc/letsencrypt/renewal/shop.example.org.conf
                """);
        String found = listing(Side.TARGET);
        BeforeImage before = look();
        copy(before);
        // Both accounts, so that both renewal configurations work; what is shared stays the target's.
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/accounts/acme/directory/old"))
                .exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/accounts/acme/directory/new"))
                .exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/renewal/shop.example.org.conf"))
                .hasContent("account = old");
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/ssl-dhparams.pem")).hasContent("dh-of-new");
        undo(before);
        undo(before);

        assertThat(listing(Side.TARGET)).isEqualTo(found);
        assertThat(servers.on(Side.TARGET, "/var/lib/godwit/shop-1/certificates"))
                .doesNotExist();
    }

    @Test
    void shouldLeaveAloneWhatItDidNotReplace() throws IOException {
        sh(Side.TARGET, """
                mkdir -p etc/letsencrypt/renewal
                echo 'account = new' > etc/letsencrypt/renewal/shop.example.org.conf
                echo dh-of-new > etc/letsencrypt/ssl-dhparams.pem
                """);
        BeforeImage before = look();
        copy(before);
        sh(Side.TARGET, "echo newer > etc/letsencrypt/ssl-dhparams.pem");
        undo(before);

        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/ssl-dhparams.pem")).hasContent("newer");
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/renewal/shop.example.org.conf"))
                .hasContent("account = new");
    }

    @Test
    void shouldRemoveEverythingWhereNothingWas() throws IOException {
        BeforeImage before = look();
        copy(before);
        undo(before);

        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt")).doesNotExist();
    }

    /** Lineages share accounts and options; a site may be served with a certificate that came with another. */
    @Test
    void shouldLeaveWhatSomethingElseNeedsByNow() throws IOException {
        BeforeImage before = look();
        copy(before);
        sh(Side.TARGET, """
                echo 'account = old' > etc/letsencrypt/renewal/blog.example.org.conf
                mkdir -p var/lib/godwit/blog-1/certificates
                printf '/etc/letsencrypt/ssl-dhparams.pem\\0absent\\0' > var/lib/godwit/blog-1/certificates/known
                """);
        String account = "/etc/letsencrypt/accounts/acme/directory/old/private_key.json";

        assertThat(undo(before).summary()).endsWith(account + ", /etc/letsencrypt/ssl-dhparams.pem");
        assertThat(servers.on(Side.TARGET, account)).exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/ssl-dhparams.pem")).exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/live")).doesNotExist();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/archive")).doesNotExist();
    }

    @Test
    void shouldLeaveALineageThatASiteIsServedWith() throws IOException {
        BeforeImage before = look();
        copy(before);
        sh(
                Side.TARGET,
                "mkdir -p etc/nginx/sites-enabled; echo 'ssl_certificate " + LIVE
                        + "/fullchain.pem;' > etc/nginx/sites-enabled/blog");
        undo(before);

        assertThat(servers.on(Side.TARGET, LIVE + "/fullchain.pem")).exists();
        assertThat(servers.on(Side.TARGET, LIVE + "/privkey.pem")).exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/renewal/shop.example.org.conf"))
                .exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/accounts/acme/directory/old"))
                .exists();
        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/ssl-dhparams.pem")).doesNotExist();
    }

    @Test
    void shouldRemoveWhatIsOnlyMentioned() throws IOException {
        BeforeImage before = look();
        copy(before);
        sh(
                Side.TARGET,
                "mkdir -p etc/nginx/sites-enabled; printf '# ssl_certificate %s;\\nssl_certificate %s;\\n' '" + LIVE
                        + "/fullchain.pem' '" + LIVE + "-0001/fullchain.pem' > etc/nginx/sites-enabled/blog");
        undo(before);

        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt")).doesNotExist();
    }

    @Test
    void shouldLeaveAloneWhatItNeverCopied() throws IOException {
        sh(Side.TARGET, "mkdir -p etc/letsencrypt/renewal; echo mine > etc/letsencrypt/renewal/shop.example.org.conf");
        BeforeImage before = look();
        Files.writeString(servers.on(Side.TARGET, "/etc/letsencrypt/renewal/shop.example.org.conf"), "changed");
        undo(before);

        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt/renewal/shop.example.org.conf"))
                .hasContent("changed");
    }

    @Test
    void shouldTakeWhatWasRenewedAfterTheLookAndStillUndoIt() throws IOException {
        BeforeImage before = look();
        sh(Side.SOURCE, """
                cd etc/letsencrypt/archive/shop.example.org
                for name in cert privkey fullchain; do cp -p ${name}2.pem ${name}3.pem; done
                cd ../../live/shop.example.org
                for name in cert privkey fullchain; do ln -sf ../../archive/shop.example.org/${name}3.pem $name.pem; done
                """);
        copy(before);
        assertThat(listing(Side.TARGET)).isEqualTo(listing(Side.SOURCE)).contains("cert3.pem");
        undo(before);

        assertThat(servers.on(Side.TARGET, "/etc/letsencrypt")).doesNotExist();
    }

    @Test
    void shouldCopyPlainFiles() throws IOException {
        String folder = "/etc/shop tls'; touch pwned; '$(touch pwned)`touch pwned`\"*\\";
        Path archive = servers.on(Side.SOURCE, "/etc/letsencrypt/archive/shop.example.org");
        Files.createDirectory(servers.on(Side.SOURCE, folder));
        for (String name : List.of("cert2.pem", "fullchain2.pem", "privkey2.pem")) {
            Files.copy(archive.resolve(name), servers.on(Side.SOURCE, folder).resolve(name));
        }
        TlsSpec tls = new TlsSpec(List.of(folder + "/fullchain2.pem", folder + "/privkey2.pem"), Renewal.NONE);
        CopyCertificates step = new CopyCertificates(tls);
        BeforeImage before = certificates.lookAtCertificates(new Look<>(servers.migration(), "copy", step));
        certificates.copyCertificates(new Act<>(servers.migration(), "copy", step, before));

        assertThat(servers.on(Side.TARGET, folder + "/privkey2.pem"))
                .hasSameTextualContentAs(servers.on(Side.SOURCE, folder + "/privkey2.pem"));
        assertThat(servers.on(Side.TARGET, folder + "/cert2.pem")).doesNotExist();
    }

    @Test
    void shouldRefuseAnExpiredCertificateAndAForeignKey() throws IOException {
        BeforeImage before = look();
        HostCertificates later = at(Instant.now().plus(Duration.ofDays(100)), 1);
        assertThatExceptionOfType(ApplicationFailure.class)
                .isThrownBy(() -> later.copyCertificates(act(before)))
                .satisfies(failure -> assertThat(failure.getType()).isEqualTo(FailureType.VERIFICATION_FAILED.name()))
                .withMessageContaining("expired on");
        sh(Side.SOURCE, """
                cd etc/letsencrypt/live/shop.example.org && ln -sf ../../archive/shop.example.org/privkey1.pem privkey.pem
                rm ../../archive/shop.example.org/privkey2.pem
                """);
        assertThatExceptionOfType(ApplicationFailure.class)
                .isThrownBy(() -> copy(before))
                .satisfies(failure -> assertThat(failure.getType()).isEqualTo(FailureType.VERIFICATION_FAILED.name()))
                .withMessageContaining("only keys for others");
    }

    @Test
    void shouldSayWhatThePreflightFinds() throws IOException {
        assertThat(codes(certificates, spec(TLS, "shop.example.org", "a.cdn.example.org")))
                .containsExactlyInAnyOrder("certbot-missing", "tls-unreachable");
        assertThat(codes(certificates, spec(TLS, "shop.example.org", "a.b.cdn.example.org")))
                .containsExactlyInAnyOrder("certbot-missing", "tls-unreachable", "certificate-names");
        assertThat(codes(at(Instant.now().plus(Duration.ofDays(80)), 1), spec(TLS, "shop.example.org")))
                .contains("certificate-expiry")
                .doesNotContain("certificate-expired");
        assertThat(codes(at(Instant.now().plus(Duration.ofDays(91)), 1), spec(TLS, "shop.example.org")))
                .contains("certificate-expired");
        assertThat(codes(certificates, spec(new TlsSpec(List.of("/etc/none"), Renewal.NONE), "shop.example.org")))
                .contains("certificate-missing");
        assertThat(codes(certificates, spec(new TlsSpec(List.of("/etc/ssl"), Renewal.NONE), "shop.example.org")))
                .contains("certificate-path");
        sh(Side.SOURCE, "mkdir -p etc/shop; : >etc/shadow; ln -s ../shadow etc/shop/key.pem");
        TlsSpec astray = new TlsSpec(List.of("/etc/shop"), Renewal.NONE);
        assertThat(codes(certificates, spec(astray, "shop.example.org"))).contains("certificate-path");
        Files.delete(servers.on(Side.SOURCE, "/etc/letsencrypt/archive/shop.example.org/privkey2.pem"));
        assertThat(codes(certificates, spec(TLS, "shop.example.org"))).contains("certificate-missing");
    }

    @Test
    void shouldSeeWhatTheSourceOffers() throws IOException {
        int port = ThisMachine.freePort();
        Process server = serve("127.0.0.1:" + port, "-no_tls1_1");
        try {
            HostCertificates looking = at(Instant.now(), port);
            awaitPort(port);
            List<Finding> findings =
                    looking.inspectCertificates(spec(TLS, "shop.example.org")).findings();
            assertThat(findings)
                    .filteredOn(finding -> finding.code().equals("tls-offer"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message())
                            .isEqualTo("shop.example.org is offered with TLSv1, TLSv1.2 and TLSv1.3"));
            // It shows the first certificate of the lineage, and the second is the one that moves.
            assertThat(findings).extracting(Finding::code).contains("certificate-other");
        } finally {
            server.destroyForcibly();
            server.onExit().join();
        }
    }

    @Test
    void shouldSayWhichProtocolsTheTargetDoesNotOffer() throws IOException {
        int port = ThisMachine.freePort();
        Process source = serve("127.0.0.1:" + port, "-no_tls1_1");
        try {
            awaitPort(port);
            TlsProbe probe = new TlsProbe(Duration.ofSeconds(10));
            CertificateInspection looking =
                    new CertificateInspection(servers.servers(), probe, port, Clock.systemUTC());
            HostSpec there = servers.migration().target();
            InspectCertificates away = new InspectCertificates(
                    servers.migration().source(),
                    new HostSpec(there.host(), "127.0.0.2", there.ssh()),
                    TlsSpec.NONE,
                    List.of("shop.example.org"),
                    true);
            assertThat(looking.inspect(away).findings())
                    .extracting(Finding::code)
                    .containsExactly("tls-offer", "tls-target");
            Process target = serve("127.0.0.2:" + port, "-no_tls1", "-no_tls1_1");
            try {
                // Until it listens, the answer is the one before.
                while (looking.inspect(away).findings().getLast().code().equals("tls-target")) {
                    assertThat(target.isAlive()).isTrue();
                }
                assertThat(looking.inspect(away).findings())
                        .filteredOn(finding -> finding.code().equals("tls-protocols"))
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.message() + "; " + finding.hint())
                                .contains("found TLSv1.2 and TLSv1.3", "only TLSv1 would be lost"));
            } finally {
                target.destroyForcibly();
                target.onExit().join();
            }
        } finally {
            source.destroyForcibly();
            source.onExit().join();
        }
    }

    private Process serve(String address, String... options) throws IOException {
        Path folder = servers.on(Side.SOURCE, "/etc/letsencrypt/archive/shop.example.org");
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_server",
                "-accept",
                address,
                "-cert",
                folder.resolve("cert1.pem").toString(),
                "-key",
                folder.resolve("privkey1.pem").toString(),
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-www"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolveSibling("log-" + address).toFile())
                .start();
    }

    private static void awaitPort(int port) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!ThisMachine.listens(port)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private HostCertificates at(Instant time, int port) {
        return new HostCertificates(servers.servers(), port, Clock.fixed(time, ZoneOffset.UTC));
    }

    private static List<String> codes(HostCertificates certificates, InspectCertificates asked) {
        return certificates.inspectCertificates(asked).findings().stream()
                .map(Finding::code)
                .toList();
    }

    private InspectCertificates spec(TlsSpec tls, String... names) {
        return new InspectCertificates(
                servers.migration().source(), servers.migration().target(), tls, List.of(names), false);
    }

    private BeforeImage look() {
        return certificates.lookAtCertificates(new Look<>(servers.migration(), "copy", new CopyCertificates(TLS)));
    }

    private Act<CopyCertificates> act(BeforeImage before) {
        return new Act<>(servers.migration(), "copy", new CopyCertificates(TLS), before);
    }

    private Outcome copy(BeforeImage before) {
        return certificates.copyCertificates(act(before));
    }

    private Outcome undo(BeforeImage before) {
        return certificates.removeCertificates(
                new Undo<>(servers.migration(), "copy", new CopyCertificates(TLS), before));
    }

    private void sh(Side side, String script) throws IOException {
        ThisMachine.command(
                "sh", "-ec", "cd \"$1\"\n" + script, "sh", servers.on(side, "/").toString());
    }

    private String listing(Side side) throws IOException {
        return ThisMachine.command(
                "sh", "-c", """
                cd "$1" && find . -printf '%P|%y|%m|%U|%G|%l|' \\( -type d -o -printf '%T@' \\) -printf '\\n' | LC_ALL=C sort
                find . -type f -exec sha256sum {} + | LC_ALL=C sort
                """, "sh", servers.on(side, "/etc/letsencrypt").toString());
    }
}
