package dev.godwit.activities.certificates;

import dev.godwit.workflows.Sha256;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;

/**
 * What is in a service's certificate files.
 *
 * @param leaves the certificates that are shown to visitors, by file
 * @param keys checksums of the public halves of private keys, by file; a word without digits if one cannot be read
 * @param broken files whose certificates cannot be read
 */
record Pem(Map<String, X509Certificate> leaves, Map<String, String> keys, List<String> broken) {
    private static final int DIGEST = 64;
    private static final int DNS_NAME = 2;

    Pem {
        leaves = Map.copyOf(leaves);
        keys = Map.copyOf(keys);
        broken = List.copyOf(broken);
    }

    /** Reads what {@code certificates.pl pem} prints. */
    static Pem parse(List<String> parts) {
        Map<String, X509Certificate> leaves = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        List<String> broken = new ArrayList<>();
        for (int i = 0; i + 2 < parts.size(); i += 3) {
            String path = parts.get(i + 1);
            if (parts.get(i).equals("key")) {
                keys.put(path, parts.get(i + 2));
                continue;
            }
            try {
                Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(parts.get(i + 2).getBytes(StandardCharsets.US_ASCII)));
                // The first of a chain; a file of issuers only has none.
                if (!found.isEmpty()
                        && found.iterator().next() instanceof X509Certificate first
                        && first.getBasicConstraints() < 0) {
                    leaves.put(path, first);
                }
            } catch (CertificateException e) {
                broken.add(path);
            }
        }
        return new Pem(leaves, keys, broken);
    }

    /** Whether a private key of these files belongs to the certificate. */
    boolean hasKeyFor(X509Certificate certificate) {
        return keys.containsValue(Sha256.of(certificate.getPublicKey().getEncoded()));
    }

    /** Whether every private key could be read. */
    boolean knowsAllKeys() {
        return keys.values().stream().allMatch(value -> value.length() == DIGEST);
    }

    /** Whether a certificate is valid for a host name (RFC 9525): wildcards stand for one whole label. */
    static boolean covers(X509Certificate certificate, String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        String wildcard = dot < 0 ? wanted : "*" + wanted.substring(dot);
        Set<String> names = names(certificate);
        return names.contains(wanted) || names.contains(wildcard);
    }

    /** The DNS names of a certificate, in lower case. */
    static Set<String> names(X509Certificate certificate) {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(0).equals(DNS_NAME)) {
                        names.add(alternative.get(1).toString().toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // Whoever cannot read its names cannot use it for any.
            return Set.of();
        }
        return names;
    }

    /** The certificate's subject, for people. */
    static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
    }
}
