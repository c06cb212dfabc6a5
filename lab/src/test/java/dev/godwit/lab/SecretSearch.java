package dev.godwit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Looks for secrets where they do not belong: as they are, in base64 wherever it begins (so does a raw history carry its
 * payloads), and in hexadecimal digits. What it tells never repeats a secret.
 */
final class SecretSearch {
    private static final int SHORTEST = 12;

    /** Its name, by each form that a secret can have. */
    private final Map<String, String> names = new LinkedHashMap<>();

    /** Adds a text of one line; shorter ones than 12 characters would be found by chance. */
    SecretSearch secret(String name, String text) {
        String secret = text.strip();
        if (secret.length() < SHORTEST || secret.contains("\n")) {
            throw new IllegalArgumentException(
                    "Expected a secret of one line and at least " + SHORTEST + " characters as " + name);
        }
        for (String form : forms(secret)) {
            names.put(form, name);
        }
        return this;
    }

    /** Adds a PEM file of a private key: the lines of it that neither another key nor its public half has. */
    SecretSearch pem(String name, String text) {
        List<String> lines = text.lines()
                .filter(line -> !line.startsWith("-----") && !line.isBlank())
                .toList();
        // The first line begins with the kind of key, the last is the end of a public key or a comment.
        lines.subList(1, lines.size() - 1).forEach(line -> secret(name, line));
        return this;
    }

    private static List<String> forms(String secret) {
        List<String> forms = new ArrayList<>(List.of(secret));
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int offset = 0; offset < 3; offset++) {
            byte[] shifted = new byte[offset + bytes.length];
            System.arraycopy(bytes, 0, shifted, offset, bytes.length);
            String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            // What neighbours can change, at the first and the last digit, is left out.
            String certain = encoded.substring(offset == 0 ? 0 : offset + 1, encoded.length() - 1);
            forms.add(certain);
            forms.add(certain.replace('+', '-').replace('/', '_'));
        }
        forms.add(HexFormat.of().formatHex(bytes));
        return forms;
    }

    /**
     * Searches every file below a folder.
     *
     * @param home whether a secret, by its name, lives in a file, by its path below the folder
     * @return what was found, as "secret in path"; nothing is the good answer
     */
    List<String> in(Path folder, BiPredicate<String, Path> home) throws InterruptedException {
        try {
            Path patterns = Files.createTempFile("secrets-", ".patterns"); // for its owner only
            try {
                Files.write(patterns, names.keySet());
                return found(folder, home, patterns);
            } finally {
                Files.delete(patterns);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> found(Path folder, BiPredicate<String, Path> home, Path patterns)
            throws IOException, InterruptedException {
        Process grep = new ProcessBuilder(
                        "grep", "-raoFZ", "--devices=skip", "-f", patterns.toString(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // a file that goes while it is read
                .start();
        String output = new String(grep.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        // 1: nothing was found; 2: also where a file has gone while it was read.
        if (!Files.isDirectory(folder) || grep.waitFor() > 2) {
            throw new IOException("Expected grep to search " + folder + ", but found status " + grep.exitValue());
        }
        TreeSet<String> found = new TreeSet<>();
        for (String line : output.split("\n", -1)) {
            int end = line.indexOf('\0');
            if (end >= 0) {
                Path path = folder.relativize(Path.of(line.substring(0, end)));
                String name = names.getOrDefault(line.substring(end + 1), "a secret");
                if (!home.test(name, path)) {
                    found.add(name + " in " + path);
                }
            }
        }
        return List.copyOf(found);
    }
}
