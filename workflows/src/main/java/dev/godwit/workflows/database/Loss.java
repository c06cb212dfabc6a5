package dev.godwit.workflows.database;

/**
 * What a rollback after the pivot would lose.
 *
 * @param rows rows written on the target since the pivot, as far as a comparison of both sides shows
 * @param summary by table, in words
 */
public record Loss(long rows, String summary) {}
