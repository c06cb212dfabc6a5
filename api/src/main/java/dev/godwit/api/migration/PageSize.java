package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;

/** How many things a page holds. */
public record PageSize(
        @Doc(value = "A number", least = LEAST, most = MOST) int count) {
    private static final int LEAST = 1;
    public static final int MOST = 100;

    public PageSize {
        if (count < LEAST || count > MOST) {
            throw new IllegalArgumentException(
                    "Expected a number from " + LEAST + " to " + MOST + ", but found something else");
        }
    }

    static PageSize parse(String text) {
        return new PageSize(text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0);
    }
}
