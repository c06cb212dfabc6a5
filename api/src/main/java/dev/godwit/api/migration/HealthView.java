package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;

/** Whether Godwit can work. */
public record HealthView(
        @Doc("Whether all parts are there") boolean healthy,
        @Doc("Whether the API answers") boolean api,
        @Doc("Whether the Temporal engine answers") boolean engine,
        @Doc("Whether a worker has asked for work lately") boolean worker) {}
