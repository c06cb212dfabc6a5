package dev.godwit.activities.host;

import dev.godwit.workflows.Sha256;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;

/**
 * Accepts the host key whose fingerprint is pinned, and no other. A server has keys of several kinds and shows one, by
 * the client's preference; a fingerprint does not say of which kind it is, so the kinds are asked for in turn.
 */
final class PinnedHostKey implements HostKeyVerifier {
    /** Kinds of host keys. */
    enum Kind {
        ED25519,
        ECDSA,
        RSA;

        /** The names of its signatures (RFC 8709, RFC 5656, RFC 8332). */
        List<String> algorithms() {
            return switch (this) {
                case ED25519 -> List.of("ssh-ed25519");
                case ECDSA -> List.of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521");
                case RSA -> List.of("rsa-sha2-512", "rsa-sha2-256");
            };
        }
    }

    private final String pinned;
    private final Kind preferred;
    private final List<String> found = new ArrayList<>();

    PinnedHostKey(String pinned, Kind preferred) {
        this.pinned = pinned;
        this.preferred = preferred;
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
        String fingerprint = fingerprint(key);
        if (fingerprint.equals(pinned.replace("=", ""))) {
            return true;
        }
        found.add(fingerprint + " (" + KeyType.fromKey(key) + ")");
        return false;
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
        return preferred.algorithms();
    }

    /** Keys that were shown and are not the pinned one. */
    List<String> found() {
        return List.copyOf(found);
    }

    /** As {@code ssh-keygen -lf} prints it. */
    static String fingerprint(PublicKey key) {
        byte[] hash = Sha256.digest(new Buffer.PlainBuffer().putPublicKey(key).getCompactData());
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    }
}
