package dev.godwit.activities.host;

import java.util.function.Consumer;

/**
 * Supervised jobs, each keyed by migration and step: a systemd transient unit whose output and exit status are kept in
 * the state folder, so that a retry attaches to it instead of starting a second one.
 */
public interface Jobs {
    /**
     * Runs a job to its end, or attaches to the one that is running or has succeeded under this key. A job that ended
     * with an error is reported once, by the call that waited for it; the next call starts it again.
     *
     * @param key migration id and step id
     * @param line called with each line of standard output from the start of the job or, after attaching, from where it
     *     is now; at least every two seconds with an empty line, so that the caller can heartbeat
     * @return its whole standard output, at most 1 MiB, the end of it
     * @throws io.temporal.failure.ApplicationFailure COMMAND_FAILED with the end of its error output, DISK_FULL where
     *     that is the reason
     */
    String run(Server server, JobKey key, Job job, Consumer<String> line);

    /** Stops the job if it runs, waits until its processes are gone and removes its folder. Nothing if there is none. */
    void remove(Server server, JobKey key);
}
