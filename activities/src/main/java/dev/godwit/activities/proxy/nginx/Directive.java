package dev.godwit.activities.proxy.nginx;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directive of nginx's configuration language, with its place in the text from which it was read.
 *
 * @param words its name and parameters, without quotes and backslashes
 * @param block the directives between its braces; empty also for a simple directive
 * @param isBlock whether it has braces at all
 * @param text its text as it was written, from the first word to the semicolon or the closing brace
 * @param start where it starts in the whole text
 * @param end where it ends, after the semicolon or the closing brace
 */
record Directive(List<String> words, List<Directive> block, boolean isBlock, String text, int start, int end) {
    Directive {
        words = List.copyOf(words);
        block = List.copyOf(block);
    }

    String name() {
        return words.getFirst();
    }

    List<String> parameters() {
        return words.subList(1, words.size());
    }

    /** The first parameter. */
    Optional<String> first() {
        return words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty();
    }

    /** The last parameter, which is the path of a location. */
    Optional<String> last() {
        return words.size() > 1 ? Optional.of(words.getLast()) : Optional.empty();
    }

    /** The directives of a name right inside this block. */
    Stream<Directive> all(String name) {
        return block.stream().filter(directive -> directive.name().equals(name));
    }

    /** This directive and everything inside it. */
    Stream<Directive> deep() {
        return Stream.concat(Stream.of(this), block.stream().flatMap(Directive::deep));
    }
}
