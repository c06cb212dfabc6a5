package dev.godwit.lab;

/** What the exit status of {@code demo} means; {@code lab} hands on that of its script. */
public final class ExitCode {
    public static final int OK = 0;
    /** Something is not as it should be: the report, or the message, says what. */
    public static final int FAILURE = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** This machine cannot hold the lab: no root, or no namespaces. As the lab's script has it. */
    public static final int MACHINE = 3;
    /** The lab is not in a state that allows the call. As the lab's script has it. */
    public static final int STATE = 4;

    private ExitCode() {}
}
