package dev.godwit.workflows.dns;

import dev.godwit.workflows.server.HostSpec;

/** Asks every name server, and changes nothing. */
public record InspectDns(HostSpec source, HostSpec target, DnsSpec dns) {}
