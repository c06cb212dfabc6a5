package dev.godwit.workflows.migration;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of the update that carries a command under a key: the engine carries an update out once for each id, and
 * another command under the same key is told by its id.
 *
 * @param key the idempotency key
 * @param command the command's type and the SHA-256 of what it says, {@code Pause/9f86…}
 */
public record CommandId(String key, String command) {
    // The key may hold slashes; what follows it holds one.
    private static final Pattern ID = Pattern.compile("(.+)/([A-Za-z]+/[0-9a-f]{64})");

    /** Reads the id of an update; empty for one that came without a key. */
    public static Optional<CommandId> parse(String updateId) {
        Matcher matcher = ID.matcher(updateId);
        return matcher.matches() ? Optional.of(new CommandId(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Whether this is another command under the same key. */
    public boolean reusesKeyOf(CommandId other) {
        return key.equals(other.key) && !command.equals(other.command);
    }

    /** The id of the update. */
    @Override
    public String toString() {
        return key + "/" + command;
    }
}
