package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChangeTest {
    private static final List<String> IDS =
            Arrays.stream(Change.values()).map(Change::id).toList();

    @Test
    void shouldBeInTheTableOfTheDocument() throws IOException {
        String document = Files.readString(Path.of("../docs/architecture.md"));
        String table = document.substring(document.indexOf("Change ids of"), document.indexOf("## Decisions"));

        assertThat(Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE)
                        .matcher(table)
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyElementsOf(IDS);
    }

    /** Without one that has met it, nothing tells that it has become another. */
    @Test
    void shouldEachBeInAHistory() {
        assertThat(ReplayTest.histories().flatMap(ChangeTest::met)).containsAll(IDS);
    }

    private static Stream<String> met(Path history) {
        try {
            return WorkflowExecutionHistory.fromJson(Files.readString(history)).getEvents().stream()
                    .filter(event -> event.getMarkerRecordedEventAttributes()
                            .getMarkerName()
                            .equals("Version"))
                    .map(event -> event.getMarkerRecordedEventAttributes()
                            .getDetailsOrThrow("changeId")
                            .getPayloads(0)
                            .getData()
                            .toStringUtf8()
                            .replace("\"", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
