package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.postgresql.Counting.Known;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.server.Side;

/**
 * What was counted while the copy still built its indexes, so that the verification, for which the page stays up, need
 * not do it. It lies in the target's state folder.
 */
record CountedAhead(Known source, Known target) {
    static final CountedAhead NOTHING = new CountedAhead(Known.NOTHING, Known.NOTHING);

    static CountedAhead read(Context context) {
        return context.readState(Side.TARGET, context.names().counted())
                .map(json -> GodwitJson.read(json, CountedAhead.class))
                .orElse(NOTHING);
    }

    void write(Context context) {
        context.writeState(Side.TARGET, context.names().counted(), GodwitJson.write(this));
    }
}
