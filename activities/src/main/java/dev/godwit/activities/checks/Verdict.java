package dev.godwit.activities.checks;

import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.AddressedClient.NoAnswer;
import dev.godwit.activities.http.Answer;
import dev.godwit.workflows.checks.HttpCheck;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one check went.
 *
 * @param answer null if there was none
 * @param problem what was expected and what was found; null if the check passed
 */
record Verdict(
        HttpCheck check, @Nullable Answer answer, @Nullable String problem) {
    /** Asks a check at an address. */
    static Verdict ask(AddressedClient client, String address, HttpCheck check) {
        try {
            return judge(check, client.get(address, check.get()));
        } catch (NoAnswer e) {
            return new Verdict(
                    check,
                    null,
                    "Expected status " + check.status() + " from " + check.get() + " at " + address + ", but found "
                            + e.getMessage());
        }
    }

    /** Compares an answer with what the check expects. */
    static Verdict judge(HttpCheck check, Answer answer) {
        return new Verdict(check, answer, problem(check, answer).orElse(null));
    }

    private static Optional<String> problem(HttpCheck check, Answer answer) {
        if (answer.status() != check.status()) {
            String location = answer.header("Location")
                    .map(where -> " that leads to " + where)
                    .orElse("");
            return Optional.of("Expected status " + check.status() + " from " + check.get() + ", but found "
                    + answer.status() + location + " with the body '" + answer.excerpt() + "'");
        }
        if (check.contains() != null && !answer.body().contains(check.contains())) {
            return Optional.of("Expected the text '" + check.contains() + "' from " + check.get()
                    + ", but found the body '" + answer.excerpt() + "'");
        }
        return Optional.empty();
    }
}
