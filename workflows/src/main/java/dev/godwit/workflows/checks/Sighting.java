package dev.godwit.workflows.checks;

import org.jspecify.annotations.Nullable;

/**
 * What one round of questions to the watched service found.
 *
 * @param problem what was expected and what was found; null if every check passed
 */
public record Sighting(@Nullable String problem) {}
