package dev.godwit.activities.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@code rsync --info=progress2 --no-human-readable} prints: bytes, per cent, rate, time. */
final class RsyncProgress {
    private static final Pattern LINE = Pattern.compile("\\s*([0-9]{1,18})\\s+[0-9]{1,3}%\\s.*");

    private long bytes;

    /** Whether the line tells progress. */
    boolean read(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return false;
        }
        bytes = Long.parseLong(matcher.group(1));
        return true;
    }

    long bytes() {
        return bytes;
    }
}
