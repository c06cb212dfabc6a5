package dev.godwit.workflows.spec;

import org.jspecify.annotations.Nullable;

/**
 * An address record of the service.
 *
 * @param name the full name, with or without the closing dot
 * @param value the address it gets; the target's address when absent
 */
public record DnsRecord(String name, Type type, @Nullable String value) {
    /** The kinds of record that point at a server. */
    public enum Type {
        A,
        AAAA
    }
}
