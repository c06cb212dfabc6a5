package dev.godwit.api.migration;

import dev.godwit.workflows.migration.MigrationWorkflow;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a migration: the service, the time of the start in UTC, and three characters that tell apart what starts
 * within one second, such as {@code shop.example.org-20261121-103000-x7k}. It stands in addresses, queries and names on
 * servers, so it holds nothing but lower-case letters, digits, dots and hyphens.
 */
public record MigrationId(String text, String service) {
    static final String MEANING = "The id of the migration";

    /** The most characters. */
    private static final int LONGEST = 253 + 20;

    private static final Pattern PATTERN =
            Pattern.compile("([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)-\\d{8}-\\d{6}-[a-z2-9]{3}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

    /** A new id. */
    static MigrationId of(String service, Instant now, Random random) {
        StringBuilder tail = new StringBuilder("-");
        for (int index = 0; index < 3; index++) {
            tail.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        String name = service.toLowerCase(Locale.ROOT);
        return parse(name + "-" + TIME.format(now) + tail)
                .orElseThrow(() -> new IllegalArgumentException("Expected a host name, but found '" + service + "'"));
    }

    /** Reads an id; empty if it cannot be one. */
    static Optional<MigrationId> parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        return text.length() <= LONGEST && matcher.matches()
                ? Optional.of(new MigrationId(text, matcher.group(1)))
                : Optional.empty();
    }

    /** The workflow that carries the service's migrations, one after the other. */
    String workflowId() {
        return MigrationWorkflow.workflowId(service);
    }

    /** Where the migration is found. */
    URI address() {
        return URI.create("/api/v1/migrations/" + text);
    }
}
