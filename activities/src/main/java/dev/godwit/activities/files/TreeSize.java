package dev.godwit.activities.files;

import java.util.List;

/** What of a folder is copied. */
record TreeSize(long files, long bytes) {
    /** Reads lines such as {@code files 12} and {@code bytes 3456}. */
    static TreeSize parse(List<String> lines) {
        long files = 0;
        long bytes = 0;
        for (String line : lines) {
            if (line.startsWith("files ")) {
                files = Long.parseLong(line.substring("files ".length()));
            } else if (line.startsWith("bytes ")) {
                bytes = Long.parseLong(line.substring("bytes ".length()));
            }
        }
        return new TreeSize(files, bytes);
    }
}
