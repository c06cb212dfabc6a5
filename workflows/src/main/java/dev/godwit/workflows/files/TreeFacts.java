package dev.godwit.workflows.files;

/** A folder on the source. */
public record TreeFacts(String path, long bytes, long files) {}
