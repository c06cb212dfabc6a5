package dev.godwit.workflows.units;

/**
 * One unit.
 *
 * @param active systemd's ActiveState, such as {@code active} or {@code failed}
 * @param enabled systemd's UnitFileState, such as {@code enabled} or {@code disabled}
 */
public record UnitState(String name, String active, String enabled) {}
