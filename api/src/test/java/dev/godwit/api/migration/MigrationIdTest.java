package dev.godwit.api.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationIdTest {
    @Test
    void shouldBeReadableAndReadBack() {
        MigrationId id = MigrationId.of("shop.example.org", Instant.parse("2026-11-21T10:30:00.5Z"), new Random(1));

        assertThat(id.text()).startsWith("shop.example.org-20261121-103000-").hasSize(36);
        assertThat(MigrationId.parse(id.text())).contains(id);
        assertThat(id.workflowId()).isEqualTo("migration/shop.example.org");
    }

    @Test
    void shouldTellServicesApartWhoseNamesLookLikeIds() {
        MigrationId id = MigrationId.of("a-20261121-103000-abc", Instant.EPOCH, new Random(1));

        assertThat(id.service()).isEqualTo("a-20261121-103000-abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shop.example.org",
                "shop.example.org-20261121-103000",
                "Shop-20261121-103000-abc",
                "a'b-20261121-103000-abc",
                "a/b-20261121-103000-abc",
                "-20261121-103000-abc",
                "a-20261121-103000-abc\n"
            })
    void shouldRefuseWhatIsNoId(String text) {
        assertThat(MigrationId.parse(text)).isEmpty();
    }
}
