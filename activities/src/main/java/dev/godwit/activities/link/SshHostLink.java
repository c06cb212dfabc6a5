package dev.godwit.activities.link;

import dev.godwit.workflows.link.Reach;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.link.HostLink;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.link.LinkStep.UnlinkHosts;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.HostSpec;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The link by OpenSSH: a key that never leaves the target, bound to one program on the source; and, where the source's
 * packet filter would drop it, one rule for the target.
 */
public final class SshHostLink implements HostLink {
    /** The type, base64 and comment of a public key as ssh-keygen writes it. */
    private static final Pattern PUBLIC_KEY = Pattern.compile("[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?");

    /** {@code $1} the link's folder. Prints the public key. */
    private static final String MAKE_KEY = """
            set -eu
            umask 077
            mkdir -p "$1"
            chmod 700 "$1"
            cd "$1"
            if ! command -v ssh-keygen >/dev/null || ! command -v ssh >/dev/null; then
                echo 'ssh and ssh-keygen are missing' >&2
                exit 127
            fi
            if ! ssh-keygen -y -P '' -f id >/dev/null 2>&1; then
                rm -f id id.pub id.new id.new.pub
                ssh-keygen -q -t ed25519 -N '' -C godwit -f id.new
                rm -f id.new.pub
                mv id.new id
            fi
            ssh-keygen -y -P '' -f id
            """;

    /** {@code $1} the link's folder, {@code $2} what the ping answers. Prints the source's public host keys. */
    private static final String PREPARE_SOURCE = """
            set -eu
            umask 077
            mkdir -p "$1/programs" "$1/modules" "$1/paths"
            chmod 700 "$1"
            cd "$1"
            put() {
                cat > "$1.new"
                if [ -f "$1" ] && cmp -s "$1" "$1.new"; then rm -f "$1.new"; else mv -f "$1.new" "$1"; fi
            }
            put serve <<'END'
            #!/bin/sh
            # What the temporary key of a Godwit migration may do here: $1 is what the other side asks for.
            set -euf
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            export PATH
            here=${0%/*}
            refuse() {
                echo 'godwit: this key does not allow that' >&2
                exit 126
            }
            case ${1-} in
                'rsync --server --daemon .')
                    exec rsync --server --daemon --config="$here/rsyncd.conf" .
                    ;;
                'godwit-run '*) ;;
                *) refuse ;;
            esac
            case $1 in
                *[!A-Za-z0-9._\\ -]*) refuse ;;
            esac
            # Splits at spaces; -f keeps it from looking for files, and the line above leaves nothing else to expand.
            set -- $1
            shift
            for word in "$@"; do
                case $word in
                    [!A-Za-z0-9]*) refuse ;;
                esac
            done
            [ $# -ge 1 ] && [ -f "$here/programs/$1" ] || refuse
            program=$here/programs/$1
            shift
            exec sh "$program" "$@"
            END
            put rsyncd.conf <<END
            use chroot = yes
            read only = yes
            list = no
            uid = 0
            gid = 0
            numeric ids = yes
            munge symlinks = no
            reverse lookup = no
            max verbosity = 1
            log file = /dev/null
            &include $1/modules
            END
            put programs/ping <<END
            echo '$2'
            END
            cat /etc/ssh/ssh_host_*_key.pub
            """;

    /** {@code $1} the link's folder; the content on standard input. */
    private static final String PIN_HOST_KEYS = """
            set -eu
            umask 077
            cd "$1"
            cat > known_hosts.new
            if [ -f known_hosts ] && cmp -s known_hosts known_hosts.new; then
                rm -f known_hosts.new
            else
                mv -f known_hosts.new known_hosts
            fi
            """;

    /** {@code $1} the link's folder. */
    private static final String REMOVE_FOLDER = """
            set -eu
            rm -rf -- "$1"
            """;

    /**
     * {@code $1} the state folder, {@code $2} where to archive what was replaced; empty for nowhere. Prints the latter if
     * there is anything. A unit's name cannot tell migrations apart whose names begin alike; its description names the
     * job's folder.
     */
    private static final String CLEAN_UP = """
            set -eu
            jobs=$1/jobs/
            if [ -d /run/systemd/system ]; then
                systemctl list-units --all --plain --no-legend 'godwit-*.service' | sed 's/ .*//' |
                    while IFS= read -r unit; do
                        case $(systemctl show -p Description --value -- "$unit") in
                            "Godwit: $jobs"*)
                                systemctl stop -- "$unit"
                                systemctl reset-failed -- "$unit" 2>/dev/null || :
                                ;;
                        esac
                    done
            fi
            if [ -n "$2" ] && [ -d "$1" ]; then
                umask 077
                cd -- "$1"
                for kept in proxy crontabs certificates/before.*.tar database-*.limit; do
                    [ -e "$kept" ] || continue
                    mkdir -p -- "$2"
                    cp -a --parents -- "$kept" "$2"
                done
                [ ! -d "$2" ] || find "$2" -exec sync -- {} +
                cd /
            fi
            [ -z "$2" ] || [ ! -d "$2" ] || echo "$2"
            rm -rf -- "$1"
            rmdir -- "${1%/*}" 2>/dev/null || :
            """;

    private final Servers servers;

    public SshHostLink(Servers servers) {
        this.servers = servers;
    }

    @Override
    public Outcome reach(Reach request) {
        HostSpec host = request.migration().host(request.side());
        servers.open(host).output(Script.of(":"));
        return Outcome.of(host.host() + " is there");
    }

    @Override
    public Outcome linkHosts(Act<LinkHosts> request) {
        MigrationContext migration = request.migration();
        String folder = Link.folder(migration.id());
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());

        String key = publicKey(target.output(Script.of(MAKE_KEY, folder)).strip(), migration.target());
        String hostKeys = source.output(Script.of(PREPARE_SOURCE, folder, Link.mark(migration.id())));
        target.output(Script.of(PIN_HOST_KEYS, folder).withInput(knownHosts(hostKeys, migration.source())));
        AuthorizedKeys.add(source, migration, key);
        List<String> opened = prove(migration, source, target);
        return Outcome.of("the target fetches from the source with a key of its own; a ping through it was answered"
                + (opened.isEmpty() ? "" : "; the source's firewall lets it in (" + Words.list(opened) + ")"));
    }

    /**
     * Proves the link; opens the source's packet filter if there is no way through it.
     *
     * @return the chains that were opened
     */
    private static List<String> prove(MigrationContext migration, Server source, Server target) {
        Optional<ApplicationFailure> failure = LinkProof.failure(migration, target);
        if (failure.isEmpty()) {
            return List.of();
        }
        List<String> opened = failure.get().getType().equals(FailureType.HOST_UNREACHABLE.name())
                ? PacketFilter.open(source, migration)
                : List.of();
        if (opened.isEmpty()) {
            throw failure.get();
        }
        LinkProof.require(migration, target);
        return opened;
    }

    @Override
    public Outcome removeLink(Undo<LinkHosts> request) {
        return unlink(request.migration());
    }

    @Override
    public Outcome unlinkHosts(Act<UnlinkHosts> request) {
        return unlink(request.migration());
    }

    @Override
    public Outcome cleanUp(Act<CleanUp> request) {
        MigrationContext migration = request.migration();
        // The step that removes the link may have been skipped.
        unlink(migration);
        String archive = request.step().afterRollback() ? "" : StateFolder.archive(migration.id());
        List<String> kept = new ArrayList<>();
        for (HostSpec host : List.of(migration.source(), migration.target())) {
            String archived = servers.open(host).output(Script.of(CLEAN_UP, StateFolder.of(migration.id()), archive));
            if (!archived.isBlank()) {
                kept.add(host.host());
            }
        }
        return Outcome.of("nothing of Godwit's is left on either server"
                + (kept.isEmpty()
                        ? ""
                        : "; what it replaced is kept in " + archive + " on " + Words.list(kept) + ", for root"));
    }

    private Outcome unlink(MigrationContext migration) {
        String folder = Link.folder(migration.id());
        Server source = servers.open(migration.source());
        List<String> closed = PacketFilter.close(source, migration);
        AuthorizedKeys.remove(source, migration);
        servers.open(migration.target()).output(Script.of(REMOVE_FOLDER, folder));
        return Outcome.of("the temporary key is gone from both servers"
                + (closed.isEmpty() ? "" : ", its rule from the source's firewall (" + Words.list(closed) + ")"));
    }

    private static String publicKey(String line, HostSpec target) {
        if (!PUBLIC_KEY.matcher(line).matches() || line.indexOf('\n') >= 0) {
            throw FailureType.COMMAND_FAILED.because("Expected one public key from ssh-keygen on " + target.host()
                    + ", but found '" + line + "'; look at its ssh-keygen");
        }
        String[] parts = line.split(" ", 3);
        return parts[0] + " " + parts[1];
    }

    private static String knownHosts(String hostKeys, HostSpec source) {
        List<String> keys = hostKeys.lines()
                .filter(line -> PUBLIC_KEY.matcher(line).matches())
                .toList();
        if (keys.isEmpty()) {
            throw FailureType.COMMAND_FAILED.because("Expected public host keys in /etc/ssh/ssh_host_*_key.pub on "
                    + source.host() + ", but found none; make them with ssh-keygen -A");
        }
        StringBuilder text = new StringBuilder();
        for (String key : keys) {
            text.append(Link.SOURCE).append(' ').append(key).append('\n');
        }
        return text.toString();
    }
}
