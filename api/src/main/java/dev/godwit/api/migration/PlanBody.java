package dev.godwit.api.migration;

import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.spec.Spec;

/** Asks for a plan. */
public record PlanBody(
        @Doc("What to move, from where to where") Spec spec) implements RequestBody.WithSpec {}
