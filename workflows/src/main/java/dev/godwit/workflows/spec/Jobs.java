package dev.godwit.workflows.spec;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.util.List;

/** What works in the background and must run on exactly one side. */
public record Jobs(
        @Key(value = "systemd services and timers", text = Text.UNIT, standard = "[]")
        List<String> units,

        @Key(value = "users whose crontabs belong to the service", text = Text.USER, standard = "[]")
        List<String> crontabs) {
    public static final Jobs NONE = new Jobs(List.of(), List.of());

    public Jobs {
        units = units == null ? List.of() : List.copyOf(units);
        crontabs = crontabs == null ? List.of() : List.copyOf(crontabs);
    }
}
