package dev.godwit.activities.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Where Godwit keeps what it needs on a server: {@code /var/lib/godwit/MIGRATION}, for root only. What was found before
 * a change is saved here, because it can hold secrets; the clean-up at the end removes it.
 */
public final class StateFolder {
    /** The parent of every migration's folder. */
    public static final String ROOT = "/var/lib/godwit";

    /** Beside them, what finished migrations have replaced: a folder for each. */
    private static final String ARCHIVE = "archive";

    /** A name that is safe as a part of a path and of a unit's name, and short enough for both. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private StateFolder() {}

    /** The folder of one migration. */
    public static String of(String migration) {
        if (!NAME.matcher(migration).matches() || migration.equals(ARCHIVE)) {
            throw new IllegalArgumentException("Expected a migration id made of letters, digits, '.', '_' and '-' (at"
                    + " most 100), but found '" + migration + "'");
        }
        return ROOT + "/" + migration;
    }

    /** Where what a migration has replaced is kept once it is finished. */
    public static String archive(String migration) {
        of(migration);
        return ROOT + "/" + ARCHIVE + "/" + migration;
    }

    /** The folder of one job. */
    public static String of(JobKey key) {
        return of(key.migration()) + "/jobs/" + name(key.step());
    }

    /** The systemd unit of one job. */
    public static String unit(JobKey key) {
        // Two pairs can spell the same with a dash between, and systemd allows 255 characters: hence the hash.
        String name = shortened(key.migration()) + "-" + shortened(key.step());
        return "godwit-" + name + "-" + hash(key.migration() + "/" + key.step()) + ".service";
    }

    private static String shortened(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9._-]", "_");
        return safe.substring(0, Math.min(safe.length(), 80));
    }

    private static String name(String step) {
        return NAME.matcher(step).matches() ? step : "job-" + shortened(step) + "-" + hash(step);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Expected SHA-256, which every Java has", e);
        }
    }
}
