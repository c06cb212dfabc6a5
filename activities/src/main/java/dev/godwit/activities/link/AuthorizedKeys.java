package dev.godwit.activities.link;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.server.HostSpec;

/**
 * The line of the link's key in {@code authorized_keys} on the source. It is known by its mark, and the file becomes what
 * it was, byte for byte, if nobody else has changed it since.
 */
final class AuthorizedKeys {
    /**
     * Where sshd looks for the keys of a user: {@code $user} logging in from {@code $address}. Sets {@code $file} to its
     * real path.
     */
    private static final String FIND_KEYS = """
            PATH=$PATH:/usr/sbin:/sbin
            home=$(getent passwd "$user" | cut -d: -f6)
            found=$(sshd -T -C "user=$user,host=$address,addr=$address" 2>/dev/null |
                sed -n 's/^authorizedkeysfile //p' | cut -d' ' -f1 |
                sed -e "s|%h|$home|g" -e "s|%u|$user|g" -e 's|%%|%|g')
            case $found in
                '') file=$home/.ssh/authorized_keys ;;
                none)
                    echo 'sshd_config says AuthorizedKeysFile none' >&2
                    exit 3
                    ;;
                /*) file=$found ;;
                *) file=$home/$found ;;
            esac
            if [ -e "$file" ]; then file=$(readlink -f -- "$file"); fi
            """;

    /**
     * {@code $1} user, {@code $2} the target's address, {@code $3} the line, {@code $4} the mark that it ends with,
     * {@code $5} the link's folder. What was there is kept before the change; the new file replaces the old one at once.
     */
    private static final String AUTHORIZE = """
            set -eu
            umask 077
            user=$1 address=$2 line=$3 mark=$4 folder=$5
            exec 9<"${folder%/*/*}"
            flock 9
            """ + FIND_KEYS + """
            pattern=" $(printf %s "$mark" | sed 's/[.]/\\\\./g')\\$"
            if [ -f "$file" ]; then
                if grep -aqxF -- "$line" "$file"; then exit 0; fi
                if ! grep -aq -- "$pattern" "$file"; then
                    rm -f "$folder/keys.absent"
                    cp -a -- "$file" "$folder/keys.before.new"
                    mv -f "$folder/keys.before.new" "$folder/keys.before"
                fi
                cp -a -- "$file" "$file.godwit"
                grep -av -- "$pattern" "$file" > "$file.godwit" || [ $? -eq 1 ]
            else
                rm -f "$folder/keys.before"
                : > "$folder/keys.absent"
                if ! [ -d "${file%/*}" ]; then
                    : > "$folder/keys.made-folder"
                    mkdir -m 700 -- "${file%/*}"
                    chown -- "$user:" "${file%/*}"
                fi
                : > "$file.godwit"
                chmod 600 -- "$file.godwit"
                chown -- "$user:" "$file.godwit"
            fi
            printf '%s\\n' "$line" >> "$file.godwit"
            printf %s "$file" > "$folder/keys.path"
            sha256sum < "$file.godwit" > "$folder/keys.after"
            sync -- "$file.godwit"
            mv -f -- "$file.godwit" "$file"
            """;

    /** {@code $1} user, {@code $2} the target's address, {@code $3} the mark, {@code $4} the link's folder. */
    private static final String REVOKE = """
            set -eu
            umask 077
            user=$1 address=$2 mark=$3 folder=$4
            if [ -d "${folder%/*/*}" ]; then
                exec 9<"${folder%/*/*}"
                flock 9
            fi
            if [ -f "$folder/keys.path" ]; then
                file=$(cat "$folder/keys.path")
            else
            """ + FIND_KEYS + """
            fi
            pattern=" $(printf %s "$mark" | sed 's/[.]/\\\\./g')\\$"
            rm -f -- "$file.godwit"
            if [ -f "$file" ] && grep -aq -- "$pattern" "$file"; then
                if [ -f "$folder/keys.after" ] && [ "$(sha256sum < "$file")" = "$(cat "$folder/keys.after")" ]; then
                    # Nobody else changed it: it becomes what it was, byte for byte.
                    if [ -f "$folder/keys.absent" ]; then
                        rm -f -- "$file"
                    else
                        cp -a -- "$folder/keys.before" "$file.godwit"
                        sync -- "$file.godwit"
                        mv -f -- "$file.godwit" "$file"
                    fi
                else
                    cp -a -- "$file" "$file.godwit"
                    grep -av -- "$pattern" "$file" > "$file.godwit" || [ $? -eq 1 ]
                    sync -- "$file.godwit"
                    mv -f -- "$file.godwit" "$file"
                fi
            fi
            if [ -f "$folder/keys.made-folder" ]; then
                rmdir -- "${file%/*}" 2>/dev/null || :
            fi
            rm -rf -- "$folder"
            """;

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
