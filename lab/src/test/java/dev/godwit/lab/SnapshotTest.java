package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final Snapshot snapshot = Snapshot.parse("db.rows\tshop/orders\t1\ndb.schema\tshop\ta\nnginx\t/etc\tb\n\n");

    @Test
    void shouldFindNoDifferenceToItself() {
        assertThat(snapshot.differences(Snapshot.parse(String.join("\n", snapshot.facts()))))
                .isEmpty();
    }

    @Test
    void shouldTellWhatIsGoneAndWhatIsNew() {
        Snapshot other = Snapshot.parse("db.rows\tshop/orders\t2\ndb.schema\tshop\ta\nnginx\t/etc\tb\n");
        assertThat(snapshot.differences(other))
                .containsExactly("- db.rows\tshop/orders\t1", "+ db.rows\tshop/orders\t2");
    }

    @Test
    void shouldChooseSectionsByNameOrGroup() {
        assertThat(snapshot.only(Set.of("db")).size()).isEqualTo(2);
        assertThat(snapshot.only(Set.of("db.rows", "nginx")).facts())
                .containsExactly("db.rows\tshop/orders\t1", "nginx\t/etc\tb");
        assertThat(snapshot.summary()).isEqualTo("db.rows 1, db.schema 1, nginx 1");
    }
}
