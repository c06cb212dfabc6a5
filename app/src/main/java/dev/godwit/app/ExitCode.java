package dev.godwit.app;

/** What the process's exit status means. The numbers above 2 are those of BSD's sysexits(3). */
final class ExitCode {
    static final int OK = 0;
    /** Something failed that should not. */
    static final int FAILURE = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** Something that is needed is not there: the engine, a port, the data folder. */
    static final int UNAVAILABLE = 69;
    /** The configuration is wrong. */
    static final int CONFIGURATION = 78;

    private ExitCode() {}
}
