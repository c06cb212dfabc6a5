package dev.godwit.activities.proxy.nginx;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads nginx's configuration language as nginx does (its manual, "Beginner's Guide: Configuration File's Structure"):
 * words separated by white space, quoted or not; {@code #} begins a comment only where a word could begin; a semicolon
 * ends a simple directive, braces make a block. What nginx refuses is refused here.
 *
 * <p>Blocks of other languages ({@code content_by_lua_block}) are not understood and are refused by name.
 */
final class ConfigReader {
    private final String text;
    private int position;

    private ConfigReader(String text) {
        this.text = text;
    }

    /** Reads a file's directives. */
    static List<Directive> read(String text) throws Malformed {
        ConfigReader reader = new ConfigReader(text);
        List<Directive> directives = new ArrayList<>();
        while (reader.toNextWord()) {
            if (reader.current() == '}') {
                throw reader.malformed("found a '}' that closes nothing", reader.position);
            }
            directives.add(reader.directive());
        }
        return List.copyOf(directives);
    }

    private Directive directive() throws Malformed {
        int start = position;
        List<String> words = new ArrayList<>();
        while (true) {
            if (!toNextWord()) {
                throw malformed("found the end of the file inside a directive", start);
            }
            char next = current();
            if (next == '}' || (words.isEmpty() && (next == ';' || next == '{'))) {
                throw malformed("found '" + next + "'", position);
            }
            if (next == ';') {
                position++;
                return made(words, List.of(), false, start);
            }
            if (next == '{') {
                if (words.getFirst().endsWith("_by_lua_block")) {
                    throw malformed("found " + words.getFirst() + ", whose content is not nginx's language", start);
                }
                position++;
                return made(words, blockFrom(start), true, start);
            }
            words.add(word());
        }
    }

    private Directive made(List<String> words, List<Directive> block, boolean isBlock, int start) {
        return new Directive(words, block, isBlock, text.substring(start, position), start, position);
    }

    private List<Directive> blockFrom(int start) throws Malformed {
        List<Directive> block = new ArrayList<>();
        while (toNextWord()) {
            if (current() == '}') {
                position++;
                return block;
            }
            block.add(directive());
        }
        throw malformed("found the end of the file inside a block", start);
    }

    private String word() throws Malformed {
        char quote = current();
        return quote == '"' || quote == '\'' ? quotedWord(quote) : plainWord();
    }

    private String quotedWord(char quote) throws Malformed {
        int start = position++;
        StringBuilder word = new StringBuilder();
        while (position < text.length() && current() != quote) {
            append(word);
        }
        if (position == text.length()) {
            throw malformed("found a quote that is never closed", start);
        }
        position++;
        if (position < text.length() && !Character.isWhitespace(current()) && ";{)".indexOf(current()) < 0) {
            throw malformed("found '" + current() + "' right after a closing quote", position);
        }
        return word.toString();
    }

    private String plainWord() {
        StringBuilder word = new StringBuilder();
        while (position < text.length() && !Character.isWhitespace(current()) && current() != ';') {
            // The brace of ${name} belongs to the word; any other begins a block.
            if (current() == '{' && (word.isEmpty() || word.charAt(word.length() - 1) != '$')) {
                break;
            }
            append(word);
        }
        return word.toString();
    }

    private void append(StringBuilder word) {
        char character = text.charAt(position++);
        if (character != '\\' || position == text.length()) {
            word.append(character);
            return;
        }
        char escaped = text.charAt(position++);
        switch (escaped) {
            case '"', '\'', '\\' -> word.append(escaped);
            case 't' -> word.append('\t');
            case 'r' -> word.append('\r');
            case 'n' -> word.append('\n');
            default -> word.append('\\').append(escaped);
        }
    }

    /** Skips white space and comments; whether anything is left. */
    private boolean toNextWord() {
        while (position < text.length()) {
            if (current() == '#') {
                int newline = text.indexOf('\n', position);
                position = newline < 0 ? text.length() : newline + 1;
            } else if (Character.isWhitespace(current())) {
                position++;
            } else {
                return true;
            }
        }
        return false;
    }

    private char current() {
        return text.charAt(position);
    }

    private Malformed malformed(String found, int at) {
        long line = text.substring(0, at)
                        .chars()
                        .filter(character -> character == '\n')
                        .count()
                + 1;
        return new Malformed("line " + line + ": " + found);
    }

    /** The text is not a configuration that nginx would read. */
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }
}
