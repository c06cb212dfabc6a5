package dev.godwit.activities.units;

import dev.godwit.workflows.step.FailureType;
import java.util.List;
import java.util.regex.Pattern;

/** Names of systemd units (systemd.unit(5)). */
public final class UnitNames {
    private static final Pattern NAME = Pattern.compile(
            "[A-Za-z0-9:_.@\\\\][A-Za-z0-9:_.@\\\\-]{0,240}\\.(service|timer|socket|path|target|mount|automount|swap|slice)");

    private UnitNames() {}

    /** The same names, if each is one with its suffix. */
    public static List<String> checked(List<String> names) {
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw FailureType.SPEC_MISMATCH.because("Expected the name of a systemd unit with its suffix, such as"
                        + " shop.service, but found '" + name + "'; correct the spec");
            }
        }
        return names;
    }
}
