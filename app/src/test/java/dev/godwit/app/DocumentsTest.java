package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documents can be read in a terminal, and their differences in a review. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Characters of a line that is not a row of a table. */
    private static final int LINE = 200;

    /** Characters of a table's cell. */
    private static final int CELL = 300;

    private static final Pattern BETWEEN_CELLS = Pattern.compile("(?<!\\\\)\\|");

    /** A link to a file of the repository; an anchor is left out. */
    private static final Pattern LINK = Pattern.compile("]\\((?![a-z]+:|#)([^)#]+)[^)]*\\)");

    @Test
    void shouldKeepLinesAndCellsShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        documents().forEach((document, lines) -> {
            for (int number = 0; number < lines.size(); number++) {
                if (isTooLong(lines.get(number))) {
                    tooLong.add(document + ":" + (number + 1));
                }
            }
        });

        assertThat(tooLong).isEmpty();
    }

    @Test
    void shouldLinkToFilesThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        documents()
                .forEach((document, lines) -> LINK.matcher(String.join("\n", lines))
                        .results()
                        .map(link -> link.group(1))
                        .filter(link -> !Files.exists(ROOT.resolve(document).resolveSibling(link)))
                        .forEach(link -> broken.add(document + ": " + link)));

        assertThat(broken).isEmpty();
    }

    private static boolean isTooLong(String line) {
        return line.startsWith("|")
                ? BETWEEN_CELLS
                        .splitAsStream(line)
                        .anyMatch(cell -> cell.strip().length() > CELL)
                : line.length() > LINE;
    }

    /** The lines of each Markdown file, by its path from the root. */
    private static Map<Path, List<String>> documents() throws IOException {
        Map<Path, List<String>> documents = new TreeMap<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean ours = folder.equals(ROOT) || !(name.startsWith(".") || name.equals("target"));
                return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".md")) {
                    documents.put(ROOT.relativize(file), Files.readAllLines(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(documents).containsKeys(Path.of("README.md"), Path.of("docs/architecture.md"));
        return documents;
    }
}
