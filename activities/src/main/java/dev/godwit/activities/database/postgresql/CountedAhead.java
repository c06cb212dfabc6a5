package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.postgresql.Counting.Known;
import dev.godwit.workflows.GodwitJson;
import java.nio.charset.StandardCharsets;

/**
 * What was counted while the copy still built its indexes, so that the verification, for which the page stays up, need
 * not do it. It lies in the target's state folder.
 */
record CountedAhead(Known source, Known target) {
    static final CountedAhead NOTHING = new CountedAhead(Known.NOTHING, Known.NOTHING);

    static CountedAhead read(Context context) {
        return CopyRecord.readState(
                        context.target(), context.migration(), context.names().counted())
                .map(bytes -> GodwitJson.mapper().readValue(bytes, CountedAhead.class))
                .orElse(NOTHING);
    }

    void write(Context context) {
        CopyRecord.writeState(
                context.target(),
                context.migration(),
                context.names().counted(),
                GodwitJson.mapper().writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
    }
}
