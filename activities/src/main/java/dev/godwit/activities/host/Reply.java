package dev.godwit.activities.host;

/**
 * How a script ended.
 *
 * @param out standard output, at most 16 MiB
 * @param err standard error, at most 64 KiB, the end of it
 */
public record Reply(int exitCode, String out, String err) {
    public boolean ok() {
        return exitCode == 0;
    }
}
