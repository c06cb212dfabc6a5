package dev.godwit.activities.proxy;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.step.FailureType;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site's file as it is. */
public final class SiteFile {
    private final String path;
    private final @Nullable String link;
    private final String mode;
    private final byte[] content;
    private final byte @Nullable [] saved;

    SiteFile(Map<String, String> lines) {
        this.path = required(lines, "live");
        this.link = lines.get("link");
        this.mode = required(lines, "mode");
        this.content = decoded(lines.getOrDefault("content", ""));
        this.saved = lines.containsKey("saved") ? decoded(required(lines, "saved")) : null;
    }

    /** The file itself, where links lead. */
    public String path() {
        return path;
    }

    /** The text of the link, if the site's path is one. */
    public Optional<String> link() {
        return Optional.ofNullable(link);
    }

    /** Its permissions, in octal. */
    public String mode() {
        return mode;
    }

    /** Its bytes. */
    public byte[] content() {
        return content.clone();
    }

    /** The original that was saved under the checksum asked for. */
    Optional<byte[]> saved() {
        return Optional.ofNullable(saved).map(byte[]::clone);
    }

    /** Its checksum, in hexadecimal. */
    public String sha256() {
        return Sha256.of(content);
    }

    /** What Godwit says in it; empty for a file of somebody else's. */
    public Optional<DerivedSite.Mark> mark() {
        return DerivedSite.mark(content);
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static String required(Map<String, String> lines, String key) {
        String value = lines.get(key);
        if (value == null) {
            throw FailureType.COMMAND_FAILED.because("Expected a line '" + key + "', but found " + lines.keySet());
        }
        return value;
    }
}
