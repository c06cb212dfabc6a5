package dev.godwit.workflows.step;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an inspection notices, in the order in which it does. */
public final class Findings {
    private static final int SHOWN = 10;

    private final List<Finding> all = new ArrayList<>();

    /** What is noticed at a part of the spec, such as {@code /databases/0}. */
    public Place at(String where) {
        return new Place(where, "");
    }

    /** What is noticed on a server. */
    public Place at(Side side) {
        return at(side.word());
    }

    /** All of them. */
    public List<Finding> all() {
        return List.copyOf(all);
    }

    /** All of them, as the answer of an inspection that finds out nothing else. */
    public <F> Inspection<F> alone() {
        return Inspection.of(all);
    }

    /** All of them and what else the inspection found out. */
    public <F> Inspection<F> with(@Nullable F facts) {
        return new Inspection<>(all, facts);
    }

    /** Names in words, but not more than a person reads. */
    public static String shown(List<String> names) {
        return names.size() <= SHOWN
                ? Words.list(names)
                : String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }

    /** Where something is noticed; {@link Finding} says what the parameters are. */
    public final class Place {
        private final String where;
        private final String prefix;

        private Place(String where, String prefix) {
            this.where = where;
            this.prefix = prefix;
        }

        /** The same place, where every message begins with what it is about. */
        public Place about(String subject) {
            return new Place(where, subject + ": ");
        }

        public void blocker(String code, String message, String hint) {
            add(Severity.BLOCKER, code, message, hint);
        }

        public void warning(String code, String message, String hint) {
            add(Severity.WARNING, code, message, hint);
        }

        public void note(String code, String message, String hint) {
            add(Severity.NOTE, code, message, hint);
        }

        /** A warning about several things, if there are any. */
        public void warningEach(String code, String what, String hint, List<String> names) {
            if (!names.isEmpty()) {
                warning(code, what + ": " + shown(names), hint);
            }
        }

        /** A note about several things, if there are any. */
        public void noteEach(String code, String what, String hint, List<String> names) {
            if (!names.isEmpty()) {
                note(code, what + ": " + shown(names), hint);
            }
        }

        /** A note that asks for nothing. */
        public void note(String code, String message) {
            note(code, message, "");
        }

        /** One whose weight depends on something. */
        public void add(Severity severity, String code, String message, String hint) {
            all.add(new Finding(severity, code, where, prefix + message, hint));
        }
    }
}
