package dev.godwit.workflows.units;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.util.List;

/** How the service is tried on the target before anything is decided. It works on a real copy of the data. */
public record Rehearsal(
        @Key(value = "whether the service is started on the target and compared with the source", standard = "true")
        Boolean start,

        @Key(
                value =
                        "variables that its services get for the rehearsal alone, such as what keeps queues inside it from sending mail",
                text = Text.VARIABLE,
                standard = "[]",
                most = 100)
        List<String> environment) {
    public Rehearsal {
        start = start == null || start;
        environment = environment == null ? List.of() : List.copyOf(environment);
    }

    /** The service starts as it is. */
    public static final Rehearsal AS_IT_IS = new Rehearsal(true, List.of());
}
