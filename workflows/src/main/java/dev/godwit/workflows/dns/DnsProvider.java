package dev.godwit.workflows.dns;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Who takes changes of the zone. One record for each protocol or vendor. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes(@JsonSubTypes.Type(value = Rfc2136Provider.class, name = "rfc2136"))
public sealed interface DnsProvider permits Rfc2136Provider {}
