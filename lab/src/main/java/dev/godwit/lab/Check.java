package dev.godwit.lab;

/**
 * One thing that must be true at the end.
 *
 * @param name what must be true
 * @param figures what was measured
 */
public record Check(String name, boolean passed, String figures) {}
