package dev.godwit.activities.host;

import dev.godwit.workflows.step.FailureType;

/**
 * Guards what visitors have written on the target, whatever Godwit itself believes. Its own state can be older than the
 * servers': a data folder that came back from a backup, an attempt that was thought dead.
 */
public final class LiveTarget {
    private LiveTarget() {}

    /** Whether visitors may have reached the target. */
    public static boolean isNoted(Server source, String migration) {
        return source.read(StateFolder.forwarded(migration)).isPresent();
    }

    /**
     * Refuses to touch a copy once visitors may have written to it.
     *
     * @param what would be done, such as {@code drop the copy of shop}
     */
    public static void refuse(Server source, String migration, String what) {
        String note = StateFolder.forwarded(migration);
        if (source.read(note).isPresent()) {
            throw FailureType.SPEC_MISMATCH.because("Expected to " + what + ", but found on "
                    + source.spec().host() + " the note " + note
                    + ": visitors are sent to the target, or were, and what"
                    + " they wrote is nowhere else; look which server serves, and whether Godwit's data folder is an"
                    + " old one (docs/runbook.md, 'Godwit's data folder is older than the servers')");
        }
    }
}
