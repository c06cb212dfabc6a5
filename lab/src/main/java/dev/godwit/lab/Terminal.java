package dev.godwit.lab;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Where the demo talks: plain lines, and on a real terminal one more line that changes in place. */
public final class Terminal {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final String ERASE_LINE = "\r\033[K";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";
    private static final int COLUMNS = 118;

    private final PrintStream out;
    private final boolean live;
    private final Instant begun = Instant.now();
    private boolean dirty;

    private Terminal(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    /** This process's standard output. */
    public static Terminal standard() {
        boolean live = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new Terminal(System.out, live);
    }

    /** Lines only, such as for a log. */
    static Terminal plain(PrintStream out) {
        return new Terminal(out, false);
    }

    /** Whether a line can change in place. */
    boolean isLive() {
        return live;
    }

    /** A new part of the story. */
    public synchronized void heading(String text) {
        erase();
        out.println();
        out.println((live ? BOLD : "") + "== " + text + (live ? PLAIN : "") + "  (" + Words.time(elapsed()) + ")");
    }

    /** Lines as they are. */
    public synchronized void text(String text) {
        erase();
        out.println(text);
    }

    /** One event, with the time of day. */
    public synchronized void event(String text) {
        erase();
        out.println(LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + "  " + text);
    }

    /** What is going on right now; the next words replace it. */
    synchronized void now(String text) {
        if (live) {
            out.print(ERASE_LINE + (text.length() > COLUMNS ? text.substring(0, COLUMNS) : text));
            out.flush();
            dirty = true;
        }
    }

    /** The time since the beginning. */
    Duration elapsed() {
        return Duration.between(begun, Instant.now());
    }

    private void erase() {
        if (dirty) {
            out.print(ERASE_LINE);
            dirty = false;
        }
    }
}
