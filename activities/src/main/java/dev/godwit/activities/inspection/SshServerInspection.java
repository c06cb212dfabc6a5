package dev.godwit.activities.inspection;

import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Pause;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.PacketFilter;
import dev.godwit.activities.units.UnitNames;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at both servers over ssh, at once and with one command each, and changes nothing on them. A server that cannot
 * be reached or refuses the login is a finding here, not a failure: a plan answers with findings.
 */
public final class SshServerInspection implements ServerInspection {
    /**
     * $1 and $2 address and port of the other server's sshd, or {@code -}; then {@code tool:}, {@code unit:},
     * {@code user:} and {@code path:} with what to look at. Each line of the answer is a word and values with tabs
     * between. The clock comes first, while little time has passed.
     */
    private static final String LOOK = """
            set -u
            echo "time\t$(date +%s%N)"
            peer=$1 port=$2
            shift 2
            echo "uid\t$(id -u)"
            echo "machine\t$(uname -m)"
            if [ -r /etc/os-release ]; then
              # shellcheck source=/dev/null
              (. /etc/os-release; echo "os\t${ID:-}"; echo "release\t${PRETTY_NAME:-}")
            fi
            if [ -d /run/systemd/system ]; then
              echo "systemd\t$(systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')"
            fi
            if command -v dpkg-query >/dev/null; then
              dpkg-query -W -f='${db:Status-Abbrev}package\t${Package}\n' | sed -n 's/^ii  *//p'
            elif command -v rpm >/dev/null; then
              rpm -qa --qf 'package\t%{NAME}\n'
            fi
            show() { systemctl show -p "$2" --value -- "$1" 2>/dev/null; }
            for spool in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron; do
              [ ! -d "$spool" ] || break
            done
            for word; do
              name=${word#*:}
              case $word in
                tool:*)
                  command -v "$name" >/dev/null || echo "missing\t$name"
                  ;;
                unit:*)
                  [ -d /run/systemd/system ] || continue
                  echo "unit\t$name\t$(
                    case $(show "$name" DropInPaths) in
                    */godwit-retired.conf*) echo retired ;;
                    *) show "$name" LoadState ;;
                    esac)\t$(show "$name" ActiveState)\t$(
                    show "$name" UnitFileState)\t$(for trigger in $(show "$name" TriggeredBy); do
                      [ "$(show "$trigger" ActiveState)" != active ] || printf '%s ' "$trigger"; done)"
                  ;;
                user:*)
                  user=no crontab=no
                  if id -u -- "$name" >/dev/null 2>&1; then user=yes; fi
                  if [ -e "$spool/$name" ]; then crontab=yes; fi
                  echo "user\t$name\t$user\t$crontab"
                  ;;
                path:*)
                  while [ ! -e "$name" ]; do name=$(dirname -- "$name"); done
                  df -Pk -- "$name" | {
                    read -r _
                    read -r _ total _ free _ mount
                    echo "volume\t$mount\t$total\t$free"
                  }
                  ;;
              esac
            done
            if command -v ss >/dev/null; then
              ss -Hltnp | while read -r _ _ _ address _ program; do
                case $address in 127.*|\\[::1\\]*) continue ;; esac
                program=${program#*\\"}
                echo "port\t${address##*:}\t${program%%\\"*}"
              done
            fi
            for folder in /var/lib/godwit/*/; do
              [ ! -d "$folder" ] || [ "$folder" = /var/lib/godwit/archive/ ] || echo "migration\t$(basename -- "$folder")"
            done
            if [ "$peer" != - ] && command -v bash >/dev/null; then
              # shellcheck disable=SC2016
              echo "peer\t$(timeout 8 bash -c 'exec 3<>"/dev/tcp/$1/$2" && IFS= read -r -t 5 line <&3 &&
                printf %s "${line%?}"' bash "$peer" "$port" 2>/dev/null)"
            fi
            """;

    private final Servers servers;
    private final Clock clock;

    public SshServerInspection(Servers servers) {
        this(servers, Clock.systemUTC());
    }

    SshServerInspection(Servers servers, Clock clock) {
        this.servers = servers;
        this.clock = clock;
    }

    @Override
    public Inspection<Void> inspectServers(InspectServers request) {
        Spec spec = request.spec();
        Heartbeat.of("looking at both servers");
        HostFindings findings = new HostFindings(spec);
        List<Finding> unreached = new ArrayList<>();
        HostReport source = null;
        HostReport target = null;
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HostReport>> looks = both.invokeAll(List.of(look(spec, Side.SOURCE), look(spec, Side.TARGET)));
            source = report(Side.SOURCE, looks.getFirst(), unreached);
            target = report(Side.TARGET, looks.getLast(), unreached);
        } catch (InterruptedException e) {
            throw Pause.stopped(FailureType.HOST_UNREACHABLE, "to look at both servers", "try again", e);
        }
        if (source != null) {
            findings.host(Side.SOURCE, source);
        }
        if (target != null) {
            findings.host(Side.TARGET, target);
        }
        if (source != null && target != null) {
            findings.pair(source, target);
        }
        unreached.addAll(findings.findings());
        return Inspection.of(unreached);
    }

    private static @Nullable HostReport report(Side side, Future<HostReport> look, List<Finding> findings)
            throws InterruptedException {
        try {
            return look.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApplicationFailure failure) {
                findings.add(finding(side, failure));
                return null;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A failure's message ends with what to do, after its last semicolon. */
    private static Finding finding(Side side, ApplicationFailure failure) {
        String message = failure.getOriginalMessage();
        int hint = message.lastIndexOf("; ");
        return Finding.blocker(
                FailureType.valueOf(failure.getType()).code(),
                side.word(),
                hint < 0 ? message : message.substring(0, hint),
                hint < 0 ? "" : message.substring(hint + 2));
    }

    private Callable<HostReport> look(Spec spec, Side side) {
        List<String> words = words(spec, side);
        Server server = servers.open(spec.host(side));
        return () -> {
            // Asked first, so that the time that a login takes is not in the clock's error.
            String unasked = server.run(Script.of("true")).out().strip();
            if (!unasked.isEmpty()) {
                throw FailureType.COMMAND_FAILED.because("Expected "
                        + server.spec().host()
                        + " to answer commands with what they print and nothing else, but found '"
                        + unasked.lines().findFirst().orElse("") + "' before it; let the start files of "
                        + server.spec().ssh().user() + "'s shell print only where there is a terminal ([ -t 1 ])");
            }
            List<String> lines = new ArrayList<>();
            Clocks clocks = new Clocks(clock);
            Reply reply = server.follow(new Script(LOOK, words, null), line -> {
                if (lines.isEmpty()) {
                    clocks.answered(line);
                }
                lines.add(line);
            });
            if (!reply.ok()) {
                throw RemoteFailure.of(server.spec().host(), "a look at the server", reply.exitCode(), reply.err());
            }
            if (side == Side.SOURCE) {
                PacketFilter.chains(server, spec.target()).forEach(chain -> lines.add("filter\t" + chain));
            }
            return HostReport.parse(lines, clocks.ahead(), clocks.error());
        };
    }

    /** Compares a server's clock with Godwit's. */
    private static final class Clocks {
        private final Clock clock;
        private final Instant asked;
        private Duration ahead = Duration.ZERO;
        private Duration error = Duration.ZERO;

        Clocks(Clock clock) {
            this.clock = clock;
            asked = clock.instant();
        }

        void answered(String line) {
            long nanos = Long.parseLong(line.substring(line.indexOf('\t') + 1));
            error = Duration.between(asked, clock.instant()).dividedBy(2);
            ahead = Duration.between(asked.plus(error), Instant.ofEpochSecond(0, nanos));
        }

        Duration ahead() {
            return ahead;
        }

        Duration error() {
            return error;
        }
    }

    private static List<String> words(Spec spec, Side side) {
        HostSpec source = spec.source();
        Set<String> words = new LinkedHashSet<>();
        Stream.of("systemctl", "systemd-run", "journalctl", "flock", "fallocate", "base64", "find", "sha256sum")
                .forEach(tool -> words.add("tool:" + tool));
        if (!spec.jobs().crontabs().isEmpty()) {
            words.add("tool:crontab");
        }
        if (side == Side.TARGET) {
            words.addAll(List.of("tool:ssh", "tool:ssh-keygen", "tool:bash"));
            if (!spec.files().isEmpty()) {
                words.add("tool:rsync"); // the source's is looked for with its folders
            }
        }
        UnitNames.checked(spec.units()).forEach(unit -> words.add("unit:" + unit));
        UnitNames.checked(spec.jobs().units()).forEach(unit -> words.add("unit:" + unit));
        spec.jobs().crontabs().forEach(user -> words.add("user:" + user));
        words.addAll(List.of("path:/", "path:/var/lib/godwit", "path:/tmp"));
        spec.files().forEach(tree -> words.add("path:" + tree.path()));
        List<String> arguments = new ArrayList<>(
                side == Side.TARGET
                        ? List.of(
                                source.address(), Integer.toString(source.ssh().port()))
                        : List.of("-", "-"));
        arguments.addAll(words);
        return arguments;
    }
}
