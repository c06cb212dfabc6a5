package dev.godwit.workflows.files;

import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.step.WithoutUndo;
import org.jspecify.annotations.Nullable;

/** Moves a folder. */
public sealed interface FileStep extends Action {
    FileTree tree();

    /** Copies a folder; files that are gone on the source go on the target too. */
    record CopyFiles(FileTree tree, Pass pass) implements FileStep {
        @Override
        public String does() {
            return switch (pass) {
                case FIRST -> "copy " + tree.path() + " to the target";
                case LIVE -> "bring " + tree.path() + " up to date while the source serves";
                case FINAL -> "bring " + tree.path() + " up to date for the last time";
            };
        }

        /** Only that of the first pass: it removes whatever copy there is. */
        @Override
        public @Nullable String undo() {
            return pass == Pass.FIRST ? "remove " + tree.path() + " from the target" : null;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Effect effect() {
            return Effect.COPY;
        }

        @Override
        public Patience patience() {
            return Patience.COPY;
        }

        @Override
        public BeforeImage look(Call call) {
            return call.to(FileSync.class).lookAtCopy(call.look(this));
        }

        @Override
        public Outcome act(Call call) {
            return call.to(FileSync.class).copyFiles(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(FileSync.class).removeCopy(call.undo(this));
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }

    /** Compares a folder on both servers: names, types, sizes, times, owners, modes, and contents by checksum. */
    record VerifyFiles(FileTree tree) implements FileStep, WithoutUndo {
        @Override
        public String does() {
            return "compare " + tree.path() + " on both servers by its manifest with checksums";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Patience patience() {
            return Patience.VERIFY;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(FileSync.class).verifyFiles(call.act(this));
        }
    }
}
