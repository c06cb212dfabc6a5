package dev.godwit.activities.certificates;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at certificates and at what the source offers, and changes nothing. */
final class CertificateInspection {
    private static final Duration SOON = Duration.ofDays(14);
    private static final String WHERE = "/tls/certificates";

    private final Servers servers;
    private final TlsProbe probe;
    private final int port;
    private final Clock clock;

    CertificateInspection(Servers servers, TlsProbe probe, int port, Clock clock) {
        this.servers = servers;
        this.probe = probe;
        this.port = port;
        this.clock = clock;
    }

    Inspection<Void> inspect(InspectCertificates asked) {
        Findings findings = new Findings();
        Map<String, X509Certificate> used = Map.of();
        if (!asked.tls().certificates().isEmpty()) {
            used = inspectFiles(asked, findings);
        }
        if (asked.https() || !asked.tls().certificates().isEmpty()) {
            inspectOffer(asked, used, findings);
        }
        return findings.alone();
    }

    private Map<String, X509Certificate> inspectFiles(InspectCertificates asked, Findings findings) {
        TlsSpec tls = asked.tls();
        for (int i = 0; i < tls.certificates().size(); i++) {
            String path = tls.certificates().get(i);
            Optional<String> problem = CertificatePath.problem(path);
            if (problem.isPresent()) {
                findings.at(WHERE + "/" + i)
                        .blocker(
                                "certificate-path",
                                "Expected the path of the service's certificates, but found " + path + ": "
                                        + problem.get(),
                                "name its files or its folder");
                return Map.of();
            }
        }
        Server source = servers.open(asked.source());
        CertificateScripts.Answer listed = HostCertificates.list(source, tls);
        if (listed.problem() != null) {
            findings.at(WHERE)
                    .blocker(
                            "certificate-missing",
                            "Expected certificates that can be moved on the source, but found: " + listed.problem(),
                            "correct the path, or mend it on the source");
            return Map.of();
        }
        List<Entry> entries = listed.parts().stream().map(Entry::parse).toList();
        Optional<String> leads = CertificatePath.problem(entries);
        if (leads.isPresent()) {
            findings.at(WHERE)
                    .blocker(
                            "certificate-path",
                            "Expected the paths of the service's certificates, but found that they lead to "
                                    + leads.get(),
                            "name its files or its folder");
            return Map.of();
        }
        Pem pem = Pem.parse(
                CertificateScripts.run(source, Entry.list(entries), "pem").parts());
        Map<String, X509Certificate> used = used(pem, entries, source);
        pem.broken()
                .forEach(path -> findings.at("source")
                        .warning(
                                "certificate-unreadable",
                                "Expected certificates in " + path
                                        + ", but found something that cannot be read as such",
                                "look at the file with openssl x509"));
        used.forEach((path, certificate) -> expiry(path, certificate, findings));
        used.forEach((path, certificate) -> key(path, certificate, pem, findings));
        names(asked, used, findings);
        if (tls.renewal() == TlsSpec.Renewal.CERTBOT) {
            renewal(entries, servers.open(asked.target()), findings);
        }
        return used;
    }

    /**
     * The certificates that the service shows: those whose files are named or linked to. A lineage of certbot's also has
     * the old ones in its archive.
     */
    static Map<String, X509Certificate> used(Pem pem, List<Entry> entries, Server server) {
        List<String> arguments = entries.stream().map(Entry::path).toList();
        List<String> linked =
                server.output(new Script(LINKED, arguments, null)).lines().toList();
        Map<String, X509Certificate> used = new LinkedHashMap<>();
        pem.leaves().forEach((path, certificate) -> {
            if (!path.contains("/archive/") || linked.contains(path)) {
                used.put(path, certificate);
            }
        });
        return used;
    }

    /** {@code $1}… paths. Prints where those lead that are links. */
    private static final String LINKED = """
            for path in "$@"; do
                if [ -L "$path" ]; then readlink -f -- "$path"; fi
            done
            """;

    private void expiry(String path, X509Certificate certificate, Findings findings) {
        Instant end = certificate.getNotAfter().toInstant();
        Instant now = clock.instant();
        if (end.isBefore(now)) {
            findings.at("source")
                    .blocker(
                            "certificate-expired",
                            "Expected a valid certificate in " + path + ", but found that it expired on " + end,
                            "renew it on the source before the move");
        } else if (end.isBefore(now.plus(SOON))) {
            findings.at("source")
                    .warning(
                            "certificate-expiry",
                            "Expected the certificate in " + path
                                    + " to be valid for two weeks at least, but found that it ends on " + end,
                            "renew it on the source before the move");
        }
    }

    private static void key(String path, X509Certificate certificate, Pem pem, Findings findings) {
        if (pem.hasKeyFor(certificate)) {
            return;
        }
        if (!pem.knowsAllKeys()) {
            findings.at("source")
                    .warning(
                            "certificate-key-unknown",
                            "Expected to see whether the private key belongs to the certificate in " + path
                                    + ", but found no openssl, or a key with a passphrase",
                            "compare them by hand");
        } else if (pem.keys().isEmpty()) {
            findings.at(WHERE)
                    .warning(
                            "certificate-key",
                            "Expected the private key for " + path + " among the files that move, but found none",
                            "add the key's file to the spec");
        } else {
            findings.at(WHERE)
                    .blocker(
                            "certificate-key",
                            "Expected the private key for " + path
                                    + " among the files that move, but found only keys for others",
                            "add the key's file to the spec, or mend the pair on the source");
        }
    }

    private static void names(InspectCertificates asked, Map<String, X509Certificate> used, Findings findings) {
        List<String> bare = asked.names().stream()
                .filter(name -> used.values().stream().noneMatch(certificate -> Pem.covers(certificate, name)))
                .toList();
        if (!bare.isEmpty()) {
            findings.at(WHERE)
                    .warning(
                            "certificate-names",
                            "Expected certificates for all names of the proxy, but found none for " + Words.list(bare),
                            "add their certificates to the spec, unless these names are served without TLS");
        }
    }

    private static void renewal(List<Entry> entries, Server target, Findings findings) {
        if (!target.run(Script.of("command -v certbot >/dev/null || [ -x /snap/bin/certbot ]"))
                .ok()) {
            findings.at("target")
                    .warning(
                            "certbot-missing",
                            "Expected certbot on the target, but found none: nothing will renew the certificates there",
                            "install certbot and the plugins that the renewal configuration names");
        }
        if (entries.stream().noneMatch(entry -> entry.path().endsWith("/accounts"))) {
            findings.at("source")
                    .warning(
                            "certbot-accounts",
                            "Expected certbot's accounts beside its renewal configuration, but found none",
                            "register an account on the target and name it in the renewal configuration");
        }
    }

    /** What old clients would lose: package clients may know no newer protocol than the old server's. */
    private void lost(InspectCertificates asked, String name, TlsProbe.Offer source, Findings findings) {
        TlsProbe.Offer target;
        try {
            target = probe.ask(asked.target().address(), port, name);
        } catch (IOException e) {
            findings.at("target")
                    .note(
                            "tls-target",
                            "the target does not answer TLS at port " + port
                                    + " yet, so nobody can say which clients it would" + " lose; the source offers "
                                    + Words.list(source.protocols()),
                            "set ssl_protocols on the target to what the service's clients need");
            return;
        }
        List<String> lost = source.protocols().stream()
                .filter(protocol -> !target.protocols().contains(protocol))
                .toList();
        if (!lost.isEmpty()) {
            findings.at("target")
                    .warning(
                            "tls-protocols",
                            "Expected the target to offer " + name + " with " + Words.list(source.protocols())
                                    + " as the source does, but found "
                                    + (target.protocols().isEmpty() ? "no protocol" : Words.list(target.protocols())),
                            "clients that know only " + Words.list(lost)
                                    + " would be lost: set ssl_protocols on the target, or"
                                    + " tell their owners before the move");
        }
    }

    private void inspectOffer(InspectCertificates asked, Map<String, X509Certificate> used, Findings findings) {
        for (String name : asked.names()) {
            if (name.startsWith("*") || name.startsWith("~")) {
                continue;
            }
            TlsProbe.Offer offer;
            try {
                offer = probe.ask(asked.source().address(), port, name);
            } catch (IOException e) {
                findings.at("source")
                        .warning(
                                "tls-unreachable",
                                "Expected TLS at " + asked.source().address() + " port " + port + ", but found: " + e,
                                "look whether Godwit may reach that port");
                return;
            }
            findings.at("source")
                    .note(
                            "tls-offer",
                            name + " is offered with "
                                    + (offer.protocols().isEmpty() ? "no protocol" : Words.list(offer.protocols())));
            lost(asked, name, offer, findings);
            offer.certificate()
                    .filter(shown -> !used.isEmpty() && !used.containsValue(shown))
                    .ifPresent(shown -> findings.at(WHERE)
                            .warning(
                                    "certificate-other",
                                    "Expected the source to show a certificate that moves for " + name + ", but found "
                                            + Pem.subject(shown) + " with serial number "
                                            + shown.getSerialNumber().toString(16),
                                    "add the files that the proxy really uses to the spec"));
        }
    }
}
