package dev.godwit.activities.link;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.server.HostSpec;
import java.util.List;

/**
 * What filters the packets that come in to a server, and one rule in it: from the other server's address to the port of
 * sshd. The rule is found by its comment, which names the migration, wherever it is: it is never made twice, and it is
 * removed without knowing what opened it. It lives in the kernel only; a reboot or a reload of the firewall drops it.
 *
 * <p>A packet must pass every base chain at the input hook (nft(8), "Chains"): the rule goes to the head of each one that
 * can drop. Chains of iptables are changed by iptables, because it refuses to read a table with rules that it would not
 * have written; ufw stands on them, firewalld on chains of nft.
 */
public final class PacketFilter {
    /**
     * {@code look}, {@code open} or {@code close}, then the address that asks, the port and the comment. Prints a line for
     * each chain that can drop, that was opened or that was closed.
     */
    private static final String SCRIPT = """
            set -eu
            PATH=$PATH:/usr/sbin:/sbin
            verb=$1 address=$2 port=$3 comment=$4
            case $address in
                *:*) family=ip6 iptables=ip6tables ;;
                *) family=ip iptables=iptables ;;
            esac

            # The lines that say what can drop in the listing of a ruleset; a chain of iptables' own is left to it.
            nft_chains() {
                awk -v family="$family" -v verb="$verb" -v ours="comment \\"$comment\\"" -v skipped="$1" '
                    /^table / { table = $2 " " $3; fits = $2 == "inet" || $2 == family }
                    /^\\tchain / { chain = table " " $2; input = 0; drops = 0; opened = 0 }
                    /^\\t\\ttype filter hook input / { input = fits && chain != skipped; drops = / policy drop;/ }
                    /^\\t\\t/ && !/^\\t\\ttype / && /drop|reject|jump|goto|vmap|queue/ { drops = 1 }
                    index($0, ours) { opened = 1; if (verb == "close") print chain, "handle", $NF }
                    /^\\t}/ {
                        if (input && drops && (verb == "look" || (verb == "open" && !opened))) print chain
                        input = 0
                    }'
            }

            if command -v nft >/dev/null && ruleset=$(nft -a -t list ruleset 2>/dev/null); then
                skipped=
                case $("$iptables-nft" -V 2>/dev/null || "$iptables" -V 2>/dev/null) in
                    *nf_tables*) skipped="$family filter INPUT" ;;
                esac
                printf '%s\\n' "$ruleset" | nft_chains "$skipped" | while read -r family_of table chain rule; do
                    case $verb in
                        open)
                            nft insert rule "$family_of" "$table" "$chain" "$family" saddr "$address" \\
                                tcp dport "$port" accept comment "\\"$comment\\""
                            ;;
                        close)
                            # shellcheck disable=SC2086
                            nft delete rule "$family_of" "$table" "$chain" $rule
                            ;;
                    esac
                    echo "$family_of $table $chain"
                done
            fi

            set -- "$iptables-nft" "$iptables-legacy"
            command -v "$1" >/dev/null || command -v "$2" >/dev/null || set -- "$iptables"
            for program; do
                command -v "$program" >/dev/null || continue
                # To list a table of the old kind makes it.
                case $("$program" -V) in
                    *nf_tables*) ;;
                    *) grep -qsx filter "/proc/net/${family}_tables_names" || continue ;;
                esac
                rules=$("$program" -w 10 -S INPUT 2>/dev/null) || continue
                rule() {
                    "$program" -w 10 "$@" -s "$address" -p tcp --dport "$port" -m comment --comment "$comment" -j ACCEPT
                }
                case $verb in
                    close)
                        while rule -C INPUT 2>/dev/null; do
                            rule -D INPUT
                            echo "$program INPUT"
                        done
                        ;;
                    *)
                        printf '%s\\n' "$rules" | grep -qv -e '^-P INPUT ACCEPT' -e ' -j ACCEPT$' || continue
                        if [ "$verb" = open ]; then
                            if rule -C INPUT 2>/dev/null; then continue; fi
                            rule -I INPUT
                        fi
                        echo "$program INPUT"
                        ;;
                esac
            done
            """;

    private PacketFilter() {}

    /** The chains of the source's that can drop what the target sends to its sshd; changes nothing. */
    public static List<String> chains(Server source, HostSpec target) {
        return run(source, "look", target, "");
    }

    /** Lets the target reach the source's sshd; the chains that had to be opened. */
    static List<String> open(Server source, MigrationContext migration) {
        return run(source, "open", migration.target(), Link.mark(migration.id()));
    }

    /** Takes back what {@link #open} did; the chains where there was a rule of this migration's. */
    static List<String> close(Server source, MigrationContext migration) {
        return run(source, "close", migration.target(), Link.mark(migration.id()));
    }

    private static List<String> run(Server source, String verb, HostSpec target, String comment) {
        String port = Integer.toString(source.spec().ssh().port());
        return source.output(Script.of(SCRIPT, verb, Link.checkedAddress(target), port, comment))
                .lines()
                .toList();
    }
}
