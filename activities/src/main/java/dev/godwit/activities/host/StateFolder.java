package dev.godwit.activities.host;

/**
 * Where Godwit keeps what it needs on a server: {@code /var/lib/godwit/MIGRATION}, for root only. What was found before
 * a change is saved here, because it can hold secrets; the clean-up at the end removes it.
 */
public final class StateFolder {
    /** The parent of every migration's folder. */
    public static final String ROOT = "/var/lib/godwit";

    private StateFolder() {}

    /** The folder of one migration. */
    public static String of(String migration) {
        return ROOT + "/" + migration;
    }
}
