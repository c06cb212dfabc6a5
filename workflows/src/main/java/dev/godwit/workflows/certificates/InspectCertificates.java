package dev.godwit.workflows.certificates;

import dev.godwit.workflows.server.HostSpec;
import java.util.List;

/**
 * Asks for a read-only look at the certificates on both servers.
 *
 * @param names the host names that the service answers to
 * @param https whether a check asks by HTTPS, so that both servers must offer it
 */
public record InspectCertificates(HostSpec source, HostSpec target, TlsSpec tls, List<String> names, boolean https) {
    public InspectCertificates {
        names = List.copyOf(names);
    }
}
