package dev.godwit.app;

import dev.godwit.app.engine.UnavailableException;
import io.micronaut.context.exceptions.BeanContextException;
import io.micronaut.context.exceptions.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in words, and picks the exit status. Only a bug shows its stack trace. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult arguments) {
        return switch (failure) {
            case UnavailableException e -> say(commandLine, e, ExitCode.UNAVAILABLE);
            case ConfigurationException e -> say(commandLine, e, ExitCode.CONFIGURATION);
            case BeanContextException e
            when configuration(e) instanceof ConfigurationException cause ->
                say(commandLine, cause, ExitCode.CONFIGURATION);
            default -> {
                failure.printStackTrace(commandLine.getErr());
                yield ExitCode.FAILURE;
            }
        };
    }

    /** What is wrong with the configuration, below the beans that were being made when it showed; null if nothing. */
    private static @Nullable Throwable configuration(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof ConfigurationException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static int say(CommandLine commandLine, Exception failure, int exitCode) {
        commandLine.getErr().println("godwit: " + failure.getMessage());
        return exitCode;
    }
}
