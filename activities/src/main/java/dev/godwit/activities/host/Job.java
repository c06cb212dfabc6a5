package dev.godwit.activities.host;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A long command on a server that outlives the connection.
 *
 * @param script POSIX shell, a constant of the program; it runs as root in the job's own folder
 * @param arguments {@code $1} and so on; no secrets
 * @param files small files put into the job's folder before it starts, readable by root only: programs, lists,
 *     password files; removed with the folder
 * @param timeout after which the job is stopped
 */
public record Job(String script, List<String> arguments, Map<String, byte[]> files, Duration timeout) {
    public Job {
        arguments = List.copyOf(arguments);
        files = Map.copyOf(files);
    }
}
