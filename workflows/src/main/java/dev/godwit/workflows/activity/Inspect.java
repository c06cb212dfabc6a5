package dev.godwit.workflows.activity;

import dev.godwit.workflows.spec.Spec;

/** Asks for a read-only look at both servers. */
public record Inspect(Spec spec) {}
