package dev.godwit.activities.host;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.step.FailureType;
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

    /**
     * A name that is safe as a part of a path and of a unit's name, and short enough for both and for the comment of a
     * rule of nft (128 bytes): a service has at most 80 characters, and its migrations 20 more.
     */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private static final int DIGITS = 8;

    private StateFolder() {}

    /** The folder of one migration. */
    public static String of(String migration) {
        return ROOT + "/" + checked(migration);
    }

    /** The same id, if it may be a name on servers. */
    public static String checked(String migration) {
        if (!NAME.matcher(migration).matches() || migration.equals(ARCHIVE)) {
            throw FailureType.SPEC_MISMATCH.because("Expected a migration id made of at most 100 letters, digits, '.',"
                    + " '_' and '-', but found '" + migration + "'; start the migration under another name");
        }
        return migration;
    }

    /** On the source: the note that visitors are sent to the target, made before the first of them can be. */
    public static String forwarded(String migration) {
        return of(migration) + "/proxy/forwarded";
    }

    /** Where what a migration has replaced is kept once it is finished. */
    public static String archive(String migration) {
        return ROOT + "/" + ARCHIVE + "/" + checked(migration);
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
        return Sha256.of(text).substring(0, DIGITS);
    }
}
