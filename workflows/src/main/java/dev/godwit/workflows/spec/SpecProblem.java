package dev.godwit.workflows.spec;

/**
 * One thing that is wrong with a spec.
 *
 * @param path where, as a JSON Pointer (RFC 6901); the document itself is the empty text. A missing key is reported at
 *     the object that lacks it
 * @param message what was expected, what was found and what to write; it never repeats what may be a secret
 */
public record SpecProblem(String path, String message) {}
