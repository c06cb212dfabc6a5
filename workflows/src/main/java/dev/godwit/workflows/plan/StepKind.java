package dev.godwit.workflows.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.util.Arrays;
import java.util.List;

/** The names of the kinds of steps, as plans, specs and histories write them. */
public final class StepKind {
    private static final JsonSubTypes.Type[] KINDS =
            Step.class.getAnnotation(JsonSubTypes.class).value();

    private StepKind() {}

    /** The name of a step's kind, such as {@code serve-page}. */
    public static String of(Step step) {
        return Arrays.stream(KINDS)
                .filter(kind -> kind.value() == step.getClass())
                .map(JsonSubTypes.Type::name)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected " + step.getClass() + " among Step's subtypes"));
    }

    /** Every name. */
    public static List<String> all() {
        return Arrays.stream(KINDS).map(JsonSubTypes.Type::name).toList();
    }

    /** The names of those before or after which a hook can be placed: all but the hook's own. */
    public static List<String> besideHooks() {
        return Arrays.stream(KINDS)
                .filter(kind -> kind.value() != Step.RunHook.class)
                .map(JsonSubTypes.Type::name)
                .toList();
    }
}
