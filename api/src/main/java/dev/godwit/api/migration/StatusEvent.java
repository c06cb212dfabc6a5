package dev.godwit.api.migration;

/** What stands on a stream of a migration's events. */
sealed interface StatusEvent {
    /** The status has changed; the first one is the status at the beginning. */
    record Changed(MigrationView view) implements StatusEvent {}

    /** Nothing has changed, and the stream is alive. */
    record SignOfLife() implements StatusEvent {}
}
