package dev.godwit.workflows.proxy;

import dev.godwit.workflows.server.HostSpec;

/** Asks for a read-only look at the proxies of both servers. */
public record InspectProxy(HostSpec source, HostSpec target, ProxySpec proxy) {}
