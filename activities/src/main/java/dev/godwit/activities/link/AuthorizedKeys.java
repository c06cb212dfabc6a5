package dev.godwit.activities.link;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.MigrationContext;

/**
 * The line of the link's key in {@code authorized_keys} on the source. It is known by its mark, and the file becomes what
 * it was, byte for byte, if nobody else has changed it since.
 */
final class AuthorizedKeys {
    private static final String AUTHORIZE = Resource.text(AuthorizedKeys.class, "authorize.sh");

    private static final String REVOKE = Resource.text(AuthorizedKeys.class, "revoke.sh");

    private AuthorizedKeys() {}

    /** Puts the line there, once; a line of an older key of the same migration goes. */
    static void add(Server source, MigrationContext migration, String key) {
        String mark = Link.mark(migration.id());
        source.output(Script.of(
                AUTHORIZE,
                Link.checkedUser(migration.source()),
                Link.checkedAddress(migration.target()),
                options(migration.id(), migration.source(), migration.target()) + " " + key + " " + mark,
                mark,
                Link.folder(migration.id())));
    }

    /** Takes the line away, and with it the link's folder on the source, which knows what was there before. */
    static void remove(Server source, MigrationContext migration) {
        source.output(Script.of(
                REVOKE,
                Link.checkedUser(migration.source()),
                Link.checkedAddress(migration.target()),
                Link.mark(migration.id()),
                Link.folder(migration.id())));
    }

    /** The command that the key is bound to. */
    private static String forcedCommand(String migration, HostSpec source) {
        String sudo = Link.checkedUser(source).equals("root") ? "" : "sudo -n ";
        // Through sh, because /var may be mounted noexec.
        return sudo + "/bin/sh " + Link.folder(migration) + "/serve \"$SSH_ORIGINAL_COMMAND\"";
    }

    /** The options of the line: everything off but the one command from the one address. */
    private static String options(String migration, HostSpec source, HostSpec target) {
        return "restrict,from=\"" + Link.checkedAddress(target) + "\",command=\""
                + forcedCommand(migration, source).replace("\"", "\\\"") + "\"";
    }
}
