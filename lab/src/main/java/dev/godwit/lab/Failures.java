package dev.godwit.lab;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in words, and hands on the exit status. Only a bug shows its stack trace. */
public final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult arguments) {
        return switch (failure) {
            case LabException expected -> say(commandLine, expected, expected.exitCode());
            case ApiException refused -> say(commandLine, refused, ExitCode.FAILURE);
            default -> {
                failure.printStackTrace(commandLine.getErr());
                yield ExitCode.FAILURE;
            }
        };
    }

    private static int say(CommandLine commandLine, Exception failure, int exitCode) {
        commandLine.getErr().println("godwit: " + failure.getMessage());
        return exitCode;
    }
}
