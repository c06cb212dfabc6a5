package dev.godwit.activities.units;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Resource;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.units.ServiceUnits;
import dev.godwit.workflows.units.UnitState;
import dev.godwit.workflows.units.UnitStates;
import dev.godwit.workflows.units.UnitStep;
import dev.godwit.workflows.units.UnitStep.RetireUnits;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Units of systemd over ssh; each act is one remote command that brings all units to a wanted state, doing only what is
 * missing. A unit is down when it has no process left, and when what it triggers (a timer its service) has ended too:
 * that is awaited, not stopped, because a job that is cut off in the middle may leave half of its work.
 *
 * <p>A unit is retired by {@code systemctl mask} where that works. It does not for a unit whose file is in
 * {@code /etc/systemd/system} itself; such a unit gets a drop-in, {@code godwit-retired.conf}, with an assertion that
 * never holds. Both outlive a reboot, fail every start by hand or as a dependency, and leave the operator's file alone;
 * {@code systemctl unmask}, or removing the drop-in, takes them back.
 *
 * <p>A stop that keeps a unit from starting at boot disables it. What cannot be disabled (systemctl(1), "is-enabled":
 * static, indirect, generated) is retired instead.
 */
public final class SystemdUnits implements ServiceUnits {
    /** Longer than systemd's own limit for a start or stop, 90 s (DefaultTimeoutStartSec), so that it decides. */
    private static final Duration LIMIT = Duration.ofSeconds(150);

    /** How long a look waits for a unit that is going down; a look ends within two minutes. */
    private static final Duration SETTLED = Duration.ofSeconds(95);

    private static final int NO_UNIT = 61;
    private static final int MASKED = 62;
    private static final int NOT_STARTED = 63;
    private static final int NOT_STOPPED = 64;
    private static final int LEFT_OVER = 65;
    private static final int STILL_WORKING = 66;

    private static final String LOOK = Resource.text(SystemdUnits.class, "look.sh");

    private static final String BRING = Resource.text(SystemdUnits.class, "bring.sh");

    private static final String REHEARSAL = Resource.text(SystemdUnits.class, "rehearsal.sh");

    private final Servers servers;
    private final Duration limit;

    public SystemdUnits(Servers servers) {
        this(servers, LIMIT);
    }

    /**
     * Units with another patience.
     *
     * @param limit how long to wait for units to come up or go down, in whole seconds
     */
    SystemdUnits(Servers servers, Duration limit) {
        this.servers = servers;
        this.limit = limit;
    }

    @Override
    public BeforeImage lookAtUnits(Look<UnitStep> request) {
        UnitStep step = request.step();
        List<String> names = UnitNames.checked(step.units());
        if (names.isEmpty()) {
            return new UnitStates(List.of());
        }
        Server server = server(request.migration(), step.on());
        List<String> arguments = new ArrayList<>(List.of(Long.toString(SETTLED.toSeconds())));
        arguments.addAll(names);
        return new UnitStates(states(
                names, server.output(new Script(LOOK, arguments, null)).lines().toList()));
    }

    /** A line for each unit, in the order in which they were asked for. */
    private static List<UnitState> states(List<String> names, List<String> lines) {
        if (lines.size() != names.size()) {
            throw FailureType.COMMAND_FAILED.because("Expected the states of " + Words.list(names)
                    + " from systemctl, but found " + lines.size() + " of them; look whether systemd answers");
        }
        List<UnitState> states = new ArrayList<>();
        for (String line : lines) {
            int space = line.indexOf(' ');
            states.add(new UnitState(names.get(states.size()), line.substring(0, space), line.substring(space + 1)));
        }
        return states;
    }

    @Override
    public Outcome startUnits(Act<StartUnits> request) {
        StartUnits step = request.step();
        if (!step.environment().isEmpty()) {
            rehearse(server(request.migration(), step.on()), step.units(), dropIn(step.environment()));
        }
        return bring(
                request.migration(),
                step.on(),
                step.units().stream()
                        .map(unit -> new Wanted(unit, "up", step.enable() ? "enabled" : "keep", false))
                        .toList());
    }

    @Override
    public Outcome stopUnits(Act<StopUnits> request) {
        StopUnits step = request.step();
        Outcome outcome = bring(
                request.migration(),
                step.on(),
                step.units().stream()
                        .map(unit -> new Wanted(unit, "down", step.disable() ? "disabled" : "keep", false))
                        .toList());
        if (!step.disable()) {
            rehearse(server(request.migration(), step.on()), step.units(), "");
        }
        return outcome;
    }

    /** Gives services an environment of their own until they are stopped; with no drop-in takes it away. */
    private static void rehearse(Server server, List<String> units, String dropIn) {
        List<String> services =
                units.stream().filter(unit -> unit.endsWith(".service")).toList();
        UnitNames.checked(services);
        server.output(new Script(REHEARSAL, services, dropIn));
    }

    /** Quoted as systemd.exec(5), "Environment=", and systemd.unit(5), "Specifiers", want it. */
    private static String dropIn(List<String> environment) {
        return environment.stream()
                .map(variable ->
                        variable.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%"))
                .map(variable -> "Environment=\"" + variable + "\"\n")
                .collect(Collectors.joining("", "[Service]\n", ""));
    }

    @Override
    public Outcome retireUnits(Act<RetireUnits> request) {
        RetireUnits step = request.step();
        return bring(
                request.migration(),
                step.on(),
                step.units().stream()
                        .map(unit -> new Wanted(unit, "down", "retired", false))
                        .toList());
    }

    @Override
    public Outcome restoreUnits(Undo<UnitStep> request) {
        UnitStep step = request.step();
        if (!(request.before() instanceof UnitStates units)) {
            return Outcome.of("nothing was changed, so nothing is put back");
        }
        Outcome outcome = bring(
                request.migration(),
                step.on(),
                units.units().stream().map(SystemdUnits::asFound).toList());
        if (step instanceof StartUnits start && !start.environment().isEmpty()) {
            rehearse(server(request.migration(), step.on()), step.units(), "");
        }
        return outcome;
    }

    private static Wanted asFound(UnitState found) {
        // Enabling and disabling never change the other states (static, indirect, linked…).
        String file = switch (found.enabled()) {
            case "enabled", "enabled-runtime", "disabled", "sysv-disabled" -> found.enabled();
            case "generated" -> "enabled";
            case "masked", "masked-runtime", "" -> "keep";
            default -> "free";
        };
        String active = switch (found.active()) {
            case "active", "activating", "reloading" -> "up";
            default -> "down";
        };
        return new Wanted(found.name(), active, file, !file.equals("keep"));
    }

    /**
     * The state that a unit is to have.
     *
     * @param free whether a mask or a drop-in of Godwit's is taken away first
     */
    private record Wanted(String unit, String active, String file, boolean free) {}

    private Outcome bring(MigrationContext migration, Side side, List<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return Outcome.of("there are no units");
        }
        List<String> names = wanted.stream().map(Wanted::unit).toList();
        UnitNames.checked(names);
        List<String> arguments = new ArrayList<>(List.of(Long.toString(limit.toSeconds())));
        for (Wanted unit : wanted) {
            arguments.addAll(List.of(unit.unit(), unit.active(), unit.file(), unit.free() ? "free" : "keep"));
        }
        Server server = server(migration, side);
        List<String> changes = new ArrayList<>();
        Reply reply = server.follow(new Script(BRING, arguments, null), line -> {
            if (line.isEmpty()) {
                Heartbeat.of("waiting for " + Words.list(names));
            } else {
                changes.add(line);
            }
        });
        if (!reply.ok()) {
            throw failure(server, names, reply);
        }
        return Outcome.of(
                changes.isEmpty()
                        ? Words.list(names) + " on the " + side.word() + " had that state already"
                        : "on the " + side.word() + ": " + String.join(", ", changes));
    }

    private RuntimeException failure(Server server, List<String> names, Reply reply) {
        String where = " on " + server.spec().host();
        String found = RemoteFailure.end(reply.err());
        return switch (reply.exitCode()) {
            case NO_UNIT ->
                FailureType.SPEC_MISMATCH.because("Expected the units " + Words.list(names) + where + ", but found: "
                        + found + "; install the service there or correct the spec");
            case MASKED ->
                FailureType.UNIT_FAILED.because("Expected to start " + Words.list(names) + where + ", but found: "
                        + found + "; systemctl unmask it if it may run there");
            case NOT_STARTED ->
                FailureType.UNIT_FAILED.because("Expected " + Words.list(names) + where
                        + " to start and stay up, but found: " + found + "; mend the service, then try again");
            case NOT_STOPPED ->
                FailureType.UNIT_FAILED.because("Expected " + Words.list(names) + where
                        + " to stop within " + limit.toSeconds() + " s, but found: " + found
                        + "; stop it by hand, then try again");
            case LEFT_OVER ->
                FailureType.UNIT_FAILED.because("Expected no process of " + Words.list(names) + where
                        + " after the stop, but found: " + found + "; end them by hand, then try again");
            case STILL_WORKING ->
                FailureType.UNIT_FAILED.because("Expected what " + Words.list(names) + where
                        + " had started to end within " + limit.toSeconds() + " s, but found still at work: " + found
                        + "; wait for it, or stop it by hand, then try again");
            default ->
                RemoteFailure.of(
                        server.spec().host(), "the change of " + Words.list(names), reply.exitCode(), reply.err());
        };
    }

    private Server server(MigrationContext migration, Side side) {
        return servers.open(migration.host(side));
    }
}
