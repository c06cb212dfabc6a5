package dev.godwit.activities;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Programs for the servers, in files beside the classes that send them there. Each class reads its programs once, into
 * constants.
 *
 * <p>Shell scripts share parts in the shell's own words: a line such as {@code . ../host/fail.sh} stands for the file
 * of that name, seen from the script's own folder. A server gets one text without such lines, so that no other file has
 * to be there. Nothing else is replaced: values reach a program as parameters or on standard input.
 */
public final class Resource {
    /** A line that reads a part; system files, such as {@code /etc/os-release}, have other names. */
    private static final Pattern PART = Pattern.compile("(?m)^[ \\t]*\\. ([^/\\s]\\S*\\.sh)\\n");

    private Resource() {}

    /**
     * The text of one.
     *
     * @param beside a class of the package in whose folder the file is
     * @param name the file's name
     */
    public static String text(Class<?> beside, String name) {
        return text(URI.create("/" + beside.getPackageName().replace('.', '/') + "/" + name));
    }

    private static String text(URI path) {
        Matcher parts = PART.matcher(read(path.getPath()));
        return parts.replaceAll(part -> Matcher.quoteReplacement(text(path.resolve(part.group(1)))));
    }

    private static String read(String path) {
        try (InputStream in = Resource.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("Expected the program " + path + " among Godwit's own, but found none");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
