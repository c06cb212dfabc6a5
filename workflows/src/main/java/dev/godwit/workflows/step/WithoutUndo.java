package dev.godwit.workflows.step;

import org.jspecify.annotations.Nullable;

/** Has nothing to take back: it looks, is undone by an older step's undo, or comes when no way leads back. */
public interface WithoutUndo extends Action {
    @Override
    default @Nullable String undo() {
        return null;
    }

    @Override
    default BeforeImage look(Call call) {
        return BeforeImage.NOTHING;
    }

    @Override
    default Outcome takeBack(Call call) {
        throw new IllegalStateException("Expected a step with an undo, but found: " + does() + "; this is a bug");
    }

    @Override
    default boolean putsBack(Step newer) {
        return false;
    }
}
