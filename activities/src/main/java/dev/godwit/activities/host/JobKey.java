package dev.godwit.activities.host;

/** Names a job: one migration's step, and the part of it if a step has several. */
public record JobKey(String migration, String step) {}
