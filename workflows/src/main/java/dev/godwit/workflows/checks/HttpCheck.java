package dev.godwit.workflows.checks;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A question that a healthy service answers.
 *
 * @param get is asked at an address of Godwit's choice
 */
public record HttpCheck(
        @Key(value = "the URL with the service's real name", text = Text.URL)
        URI get,

        @Key(value = "the expected status code", least = 100, most = 599, standard = "200")
        int status,

        @Key("a text that the body must contain") @Nullable String contains) {
    public HttpCheck {
        status = status == 0 ? 200 : status;
    }
}
