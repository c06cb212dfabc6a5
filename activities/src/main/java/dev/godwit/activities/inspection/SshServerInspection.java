package dev.godwit.activities.inspection;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Pause;
import dev.godwit.activities.Resource;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.PacketFilter;
import dev.godwit.activities.units.UnitNames;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
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
    private static final String LOOK = Resource.text(SshServerInspection.class, "look.sh");

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
        Findings findings = new Findings();
        HostReport source = null;
        HostReport target = null;
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HostReport>> looks = both.invokeAll(List.of(look(spec, Side.SOURCE), look(spec, Side.TARGET)));
            source = report(Side.SOURCE, looks.getFirst(), findings);
            target = report(Side.TARGET, looks.getLast(), findings);
        } catch (InterruptedException e) {
            throw Pause.stopped(FailureType.HOST_UNREACHABLE, "to look at both servers", "try again", e);
        }
        HostFindings hosts = new HostFindings(spec, findings);
        if (source != null) {
            hosts.host(Side.SOURCE, source);
        }
        if (target != null) {
            hosts.host(Side.TARGET, target);
        }
        if (source != null && target != null) {
            hosts.pair(source, target);
        }
        return findings.alone();
    }

    private static @Nullable HostReport report(Side side, Future<HostReport> look, Findings findings)
            throws InterruptedException {
        try {
            return look.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApplicationFailure failure) {
                notReached(side, failure, findings);
                return null;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static void notReached(Side side, ApplicationFailure failure, Findings findings) {
        findings.at(side)
                .blocker(
                        FailureType.valueOf(failure.getType()).code(),
                        failure.getOriginalMessage(),
                        "mend that, then plan again");
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
