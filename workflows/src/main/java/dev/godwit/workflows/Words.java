package dev.godwit.workflows;

import java.util.List;

/** Small pieces of plain language for plans and messages. */
public final class Words {
    private static final int LINE = 80;

    private Words() {}

    /** Joins names: {@code a, b and c}. */
    public static String list(List<String> names) {
        return switch (names.size()) {
            case 0 -> "nothing";
            case 1 -> names.getFirst();
            default -> String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
        };
    }

    /** The first line of a script, cut to a readable length. */
    public static String firstLine(String script) {
        String line = script.strip().lines().findFirst().orElse("");
        return line.length() <= LINE ? line : line.substring(0, LINE - 1) + "…";
    }
}
