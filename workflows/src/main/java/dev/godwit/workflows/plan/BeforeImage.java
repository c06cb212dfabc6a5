package dev.godwit.workflows.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.godwit.workflows.spec.DnsRecord;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step found before it acted, and what its undo puts back. Contents of files stay on the server, in Godwit's
 * root-only state folder, because they can hold secrets; the image holds their checksums.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BeforeImage.Nothing.class, name = "nothing"),
    @JsonSubTypes.Type(value = BeforeImage.Units.class, name = "units"),
    @JsonSubTypes.Type(value = BeforeImage.Files.class, name = "files"),
    @JsonSubTypes.Type(value = BeforeImage.Records.class, name = "records"),
    @JsonSubTypes.Type(value = BeforeImage.Database.class, name = "database"),
    @JsonSubTypes.Type(value = BeforeImage.Fence.class, name = "fence")
})
public sealed interface BeforeImage {
    Nothing NOTHING = new Nothing();

    /** There is nothing to remember. */
    record Nothing() implements BeforeImage {}

    /** The state of systemd units. */
    record Units(List<UnitState> units) implements BeforeImage {
        public Units {
            units = List.copyOf(units);
        }
    }

    /**
     * One unit.
     *
     * @param active systemd's ActiveState, such as {@code active} or {@code failed}
     * @param enabled systemd's UnitFileState, such as {@code enabled} or {@code disabled}
     */
    record UnitState(String name, String active, String enabled) {}

    /** Files and folders, each saved in the server's state folder if it existed. */
    record Files(List<SavedFile> files) implements BeforeImage {
        public Files {
            files = List.copyOf(files);
        }
    }

    /**
     * One file or folder.
     *
     * @param sha256 of a file that was saved; null for a folder or if it did not exist
     */
    record SavedFile(String path, boolean existed, @Nullable String sha256) {}

    /** DNS record sets as the primary served them. */
    record Records(List<RecordSet> sets) implements BeforeImage {
        public Records {
            sets = List.copyOf(sets);
        }
    }

    /** One record set. */
    record RecordSet(String name, DnsRecord.Type type, List<String> values, Duration ttl) {
        public RecordSet {
            values = List.copyOf(values);
        }
    }

    /** What of a database and its roles the target had. */
    record Database(boolean existed, List<String> roles) implements BeforeImage {
        public Database {
            roles = List.copyOf(roles);
        }
    }

    /** How the source let roles in: {@code datconnlimit}, -1 for no limit. */
    record Fence(int connectionLimit) implements BeforeImage {}
}
