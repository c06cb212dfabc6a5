package dev.godwit.workflows.step;

/**
 * How far a long step is; the details of its heartbeats.
 *
 * @param what is being done right now, such as {@code copying table orders}
 * @param doneBytes bytes done
 * @param totalBytes bytes in all, as far as known; 0 if not
 */
public record Progress(String what, long doneBytes, long totalBytes) {}
