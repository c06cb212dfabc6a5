package dev.godwit.activities.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a server answered.
 *
 * @param body the first {@value AddressedClient#BODY_LIMIT} bytes at most, as text
 * @param latency from before the connection was opened until the body was read
 */
public record Answer(int status, List<Header> headers, String body, Duration latency) {
    private static final int EXCERPT = 200;

    public Answer {
        headers = List.copyOf(headers);
    }

    /** A header as it came. */
    public record Header(String name, String value) {}

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst();
    }

    /** The beginning of the body on one line, for messages. */
    public String excerpt() {
        String line = body.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= EXCERPT ? line : line.substring(0, EXCERPT - 1) + "…";
    }
}
