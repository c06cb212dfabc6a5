package dev.godwit.activities.certificates;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.link.Link;
import dev.godwit.workflows.certificates.CertificateStep.CopyCertificates;
import dev.godwit.workflows.certificates.Certificates;
import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Undo;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Certificates as files: they go from the source to the target through the link, and private keys never pass Godwit
 * itself. Links keep their places, so that certbot's {@code live} folder works on the target as it is. The target's own
 * accounts at an authority stay beside the source's, which the renewal configuration names.
 */
public final class HostCertificates implements Certificates {
    private static final int HTTPS = 443;
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final String FILE = "file ";

    private final Servers servers;
    private final CertificateInspection inspection;
    private final Clock clock;

    public HostCertificates(Servers servers) {
        this(servers, HTTPS, Clock.systemUTC());
    }

    HostCertificates(Servers servers, int port, Clock clock) {
        this.servers = servers;
        this.clock = clock;
        inspection = new CertificateInspection(servers, new TlsProbe(ANSWER), port, clock);
    }

    @Override
    public Inspection<Void> inspectCertificates(InspectCertificates request) {
        return inspection.inspect(request);
    }

    @Override
    public BeforeImage lookAtCertificates(Look<CopyCertificates> request) {
        List<Entry> entries = list(request.migration(), request.step().tls());
        return image(remember(request.migration(), entries));
    }

    @Override
    public Outcome copyCertificates(Act<CopyCertificates> request) {
        MigrationContext migration = request.migration();
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());
        List<Entry> entries = list(migration, request.step().tls());
        // Somebody may have renewed a certificate since the look: what is new is looked at now.
        remember(migration, entries);

        String folder = folder(migration);
        source.output(Script.of("umask 077; mkdir -p \"$1\"", folder));
        source.write(folder + "/list", Entry.names(entries).getBytes(StandardCharsets.UTF_8), 0600);
        Link.registerProgram(source, migration.id(), "certificates", CertificateScripts.archive(folder + "/list"));
        List<String> arguments = new ArrayList<>(List.of(folder + "/new"));
        arguments.addAll(Link.sshCommand(migration.id(), migration.source()));
        arguments.addAll(List.of("godwit-run", "certificates"));
        target.output(new Script(CertificateScripts.FETCH, arguments, null));
        List<String> placed = CertificateScripts.run(target, Entry.list(entries), "place", folder)
                .sound(target);
        target.output(Script.of(CertificateScripts.DROP, folder + "/new"));

        compare(entries, source, target);
        check(entries, target);
        return Outcome.of(placed.get(1) + " files and links are new on the target, " + placed.get(2)
                + " were there already; checksums are the same on both servers");
    }

    @Override
    public Outcome removeCertificates(Undo<CopyCertificates> request) {
        MigrationContext migration = request.migration();
        Server target = servers.open(migration.target());
        String folder = folder(migration);
        List<String> answer =
                CertificateScripts.run(target, "", "restore", folder).sound(target);
        target.output(Script.of(CertificateScripts.DROP, folder));
        servers.open(migration.source()).output(Script.of(CertificateScripts.DROP, folder));
        if (!answer.getFirst().equals("restored")) {
            return Outcome.of("no certificates had been copied");
        }
        List<String> kept = answer.subList(1, answer.size());
        return Outcome.of("the target has the certificates that it had before"
                + (kept.isEmpty()
                        ? ""
                        : ", and these, because something else there needs them by now: " + String.join(", ", kept)));
    }

    private static String folder(MigrationContext migration) {
        return StateFolder.of(migration.id()) + "/certificates";
    }

    private List<Entry> list(MigrationContext migration, TlsSpec tls) {
        Server source = servers.open(migration.source());
        List<Entry> entries =
                list(source, tls).sound(source).stream().map(Entry::parse).toList();
        CertificatePath.problem(entries).ifPresent(problem -> {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected the paths of a service's certificates, but found that they lead to " + problem
                            + "; name its files or its folder");
        });
        return entries;
    }

    /** The entries that move, each as {@link Entry#parse} reads it. */
    static CertificateScripts.Answer list(Server source, TlsSpec tls) {
        List<String> arguments =
                new ArrayList<>(List.of("list", tls.renewal() == TlsSpec.Renewal.CERTBOT ? "certbot" : "none"));
        arguments.addAll(tls.certificates());
        return CertificateScripts.run(source, "", arguments.toArray(String[]::new));
    }

    /** Saves what the target has, once; answers with all that is saved: a path and what was there, in turns. */
    private List<String> remember(MigrationContext migration, List<Entry> entries) {
        Server target = servers.open(migration.target());
        return CertificateScripts.run(target, Entry.list(entries), "remember", folder(migration))
                .sound(target);
    }

    private static BeforeImage image(List<String> known) {
        List<SavedFile> files = new ArrayList<>();
        for (int i = 0; i + 1 < known.size(); i += 2) {
            String was = known.get(i + 1);
            files.add(new SavedFile(
                    known.get(i), !was.equals("absent"), was.startsWith(FILE) ? was.substring(FILE.length()) : null));
        }
        return new SavedFiles(files);
    }

    private static void compare(List<Entry> entries, Server source, Server target) {
        List<Entry> required = entries.stream()
                .filter(entry -> entry.kind() == Entry.Kind.REQUIRED)
                .toList();
        Map<String, String> wanted = sums(required, source);
        Map<String, String> found = sums(required, target);
        List<String> different = wanted.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(found.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        if (!different.isEmpty()) {
            throw FailureType.VERIFICATION_FAILED.because(
                    "Expected the same certificates on both servers, but found differences in " + different
                            + "; look whether they were renewed just now, then try again");
        }
    }

    private static Map<String, String> sums(List<Entry> entries, Server server) {
        List<String> parts =
                CertificateScripts.run(server, Entry.list(entries), "sums").sound(server);
        Map<String, String> sums = new TreeMap<>();
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            sums.put(parts.get(i), parts.get(i + 1));
        }
        return sums;
    }

    /** What the preflight said may be days old. */
    private void check(List<Entry> entries, Server target) {
        Pem pem = Pem.parse(
                CertificateScripts.run(target, Entry.list(entries), "pem").sound(target));
        // Older ones of a lineage are moved and not used: what is named or linked to counts.
        Map<String, X509Certificate> used = CertificateInspection.used(pem, entries, target);
        used.forEach((path, certificate) -> {
            if (certificate.getNotAfter().toInstant().isBefore(clock.instant())) {
                throw FailureType.VERIFICATION_FAILED.because("Expected a valid certificate in " + path
                        + ", but found that it expired on "
                        + certificate.getNotAfter().toInstant() + "; renew it on the source, then try again");
            }
            if (!pem.keys().isEmpty() && pem.knowsAllKeys() && !pem.hasKeyFor(certificate)) {
                throw FailureType.VERIFICATION_FAILED.because("Expected the private key for the certificate in " + path
                        + ", but found only keys for others; add the key's file to /tls/certificates");
            }
        });
    }
}
