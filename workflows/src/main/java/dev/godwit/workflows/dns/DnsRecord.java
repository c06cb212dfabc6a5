package dev.godwit.workflows.dns;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import org.jspecify.annotations.Nullable;

/** An address record of the service. */
public record DnsRecord(
        @Key(value = "the full name, with or without the closing dot", text = Text.RECORD_NAME)
        String name,

        @Key("the kind of address") Type type,

        @Key(value = "the address it gets; the target's address when absent", text = Text.ADDRESS) @Nullable
        String value) {
    /** The kinds of record that point at a server. */
    public enum Type {
        A,
        AAAA
    }
}
