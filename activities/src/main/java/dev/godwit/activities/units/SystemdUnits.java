package dev.godwit.activities.units;

import dev.godwit.workflows.units.UnitStates;
import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.units.ServiceUnits;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.units.UnitState;
import dev.godwit.workflows.units.UnitStep.RetireUnits;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
import dev.godwit.workflows.units.UnitStep;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Units of systemd over ssh; each act is one remote command that brings all units to a wanted state, doing only what is
 * missing. A unit is down when it has no process left, and when what it triggers (a timer its service) has ended too:
 * that is awaited, not stopped, because a job that is cut off in the middle may leave half of its work.
 *
 * <p>A unit is retired by {@code systemctl mask} where that works. It does not for a unit whose file is in
 * {@code /etc/systemd/system} itself; such a unit gets a drop-in, {@code godwit-retired.conf}, with an assertion that
 * never holds. Both outlive a reboot, fail every start by hand or as a dependency, and leave the operator's file alone;
 * {@code systemctl unmask}, or removing the drop-in, takes them back.
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

    /**
     * $1 limit in seconds, $2… the units. One that is going down may be coming up again, in a restart: that is known when
     * it is over.
     */
    private static final String LOOK = """
            left=$(($1 * 5))
            shift
            while [ "$left" -gt 0 ] && systemctl show -p ActiveState --value -- "$@" | grep -qx deactivating; do
              sleep 0.2
              left=$((left - 1))
            done
            systemctl show -p LoadState -p ActiveState -p UnitFileState -- "$@"
            """;

    /**
     * $1 limit in seconds; then for each unit its name, {@code up}, {@code down} or {@code keep}, and {@code enabled},
     * {@code enabled-runtime}, {@code disabled}, {@code retired}, {@code free} (neither masked nor retired) or
     * {@code keep}. Prints a line for each change, and now and then an empty one.
     */
    private static final String BRING = """
            # Names of units hold no blanks, and nothing is looked for among files: lists of them are split.
            # shellcheck disable=SC2086
            set -uf
            limit=$1
            shift
            up='' down='' kept='' triggered='' groups=''
            show() { systemctl show -p "$2" --value -- "$1"; }
            drop_in() { echo "/etc/systemd/system/$1.d/godwit-retired.conf"; }

            free() {
              if [ "$(show "$1" LoadState)" = masked ]; then
                systemctl -q unmask -- "$1" || exit
                echo "unmasked $1"
              fi
              if [ -e "$(drop_in "$1")" ]; then
                rm -f -- "$(drop_in "$1")" || exit
                rmdir --ignore-fail-on-non-empty -- "/etc/systemd/system/$1.d"
                systemctl daemon-reload || exit
                echo "freed $1"
              fi
            }

            # systemd forgets the group of a unit that is down, also one that still has processes: then it is found by its
            # name, below slices only, for there are the units of this system and not of a user or a container.
            groups() {
              group=$(show "$1" ControlGroup)
              if [ -n "$group" ]; then
                echo "/sys/fs/cgroup$group" "/sys/fs/cgroup/systemd$group"
              else
                find /sys/fs/cgroup /sys/fs/cgroup/systemd -mindepth 1 -type d \\
                  '(' -name "$(printf %s "$1" | sed 's/\\\\/&&/g')" -print -prune -o ! -name '*.slice' -prune ')' 2>/dev/null
              fi
            }

            turn() {
              active=$(show "$1" ActiveState)
              case $2 in
                up)
                  kept="$kept $1"
                  case $(show "$1" LoadState) in
                    not-found) echo "$1 has no unit file" >&2; exit 61 ;;
                    masked) echo "$1 is masked" >&2; exit 62 ;;
                  esac
                  case $active in
                    active|reloading) ;;
                    activating) up="$up $1" ;;
                    *)
                      systemctl start --no-block -- "$1" || exit 63
                      up="$up $1"
                      echo "started $1"
                      ;;
                  esac
                  ;;
                down)
                  groups="$groups $(groups "$1")"
                  down="$down $1"
                  triggered="$triggered $(show "$1" Triggers)"
                  case $active in
                    inactive|failed) ;;
                    *)
                      systemctl stop --no-block -- "$1" || exit 64
                      echo "stopped $1"
                      ;;
                  esac
                  ;;
              esac
            }

            link() { readlink -- "/etc/systemd/system/$1" || :; }
            file() {
              state=$(show "$1" UnitFileState)
              case $2:$state in
                enabled:disabled|enabled:enabled-runtime|enabled:linked)
                  systemctl -q enable -- "$1" || exit
                  echo "enabled $1"
                  ;;
                enabled-runtime:disabled)
                  systemctl -q --runtime enable -- "$1" || exit
                  echo "enabled $1"
                  ;;
                disabled:enabled|disabled:enabled-runtime)
                  # A unit file that is itself only linked there would lose that link too.
                  linked=$(link "$1")
                  systemctl -q disable -- "$1" || exit
                  if [ -n "$linked" ] && [ ! -e "/etc/systemd/system/$1" ]; then
                    ln -s -- "$linked" "/etc/systemd/system/$1" && systemctl daemon-reload || exit
                  fi
                  echo "disabled $1"
                  ;;
                retired:masked|retired:) ;;
                retired:*)
                  if [ ! -e "/etc/systemd/system/$1" ]; then
                    systemctl -q mask -- "$1" || exit
                    echo "masked $1"
                  elif [ ! -e "$(drop_in "$1")" ]; then
                    mkdir -p -- "/etc/systemd/system/$1.d" || exit
                    cat >"$(drop_in "$1")" <<'RETIRED' || exit
            # Written by Godwit: this service has moved to another server.
            # To start it here again, remove this file and run: systemctl daemon-reload
            [Unit]
            AssertPathExists=!/
            RETIRED
                    systemctl daemon-reload || exit
                    echo "retired $1"
                  fi
                  ;;
              esac
            }

            each() {
              act=$1 which=$2
              shift 2
              while [ $# -gt 0 ]; do
                case $which in
                  turn) "$act" "$1" "$2" ;;
                  file) "$act" "$1" "$3" ;;
                  free) case $3 in keep|retired) ;; *) [ "$4" = keep ] || "$act" "$1" ;; esac ;;
                esac
                shift 4
              done
            }

            each free free "$@"
            each turn turn "$@"
            each file file "$@"

            journal() {
              systemctl show -p ActiveState -p SubState -p Result -p ExecMainStatus -- "$1" | tr '\\n' ' '
              echo
              journalctl -q --no-pager -o cat -n 10 -u "$1" 2>/dev/null
            }
            settled_up() {
              case $(show "$1" ActiveState) in
                active|reloading) return 0 ;;
                failed) journal "$1" >&2; exit 63 ;;
                activating)
                  # systemd would go on trying; who waits should know soon.
                  [ "$(show "$1" SubState)" != auto-restart ] || [ "$(show "$1" NRestarts)" -lt 2 ] ||
                    { journal "$1" >&2; exit 63; }
                  return 1
                  ;;
                inactive)
                  [ -z "$(show "$1" Job)" ] || return 1
                  # A oneshot service without RemainAfterExit is inactive again when it has succeeded.
                  if [ "$(show "$1" Type)" = oneshot ] && [ "$(show "$1" Result)" = success ] &&
                    [ "$(show "$1" ConditionResult)" = yes ] && [ "$(show "$1" AssertResult)" = yes ]; then
                    return 0
                  fi
                  # The job may have begun between the two questions.
                  case $(show "$1" ActiveState) in inactive) journal "$1" >&2; exit 63 ;; esac
                  return 1
                  ;;
              esac
              return 1
            }
            # What is itself to run is not waited for.
            ended() {
              case " $kept " in *" $1 "*) ;; *) settled_down "$1" ;; esac
            }
            settled_down() {
              case $(show "$1" ActiveState) in
                inactive|failed) [ -z "$(show "$1" Job)" ] ;;
                *) return 1 ;;
              esac
            }
            all() {
              settled=$1
              shift
              for unit; do "$settled" "$unit" || return 1; done
            }

            ticks=0
            # What a timer, path or socket has started goes on when that is stopped. It is looked at after it.
            until all settled_down $down && all ended $triggered && all settled_up $up; do
              [ "$ticks" -lt $((limit * 10)) ] || {
                if all settled_down $down && all settled_up $up; then
                  for unit in $triggered; do ended "$unit" || echo "$unit, $(show "$unit" ActiveState)" >&2; done
                  exit 66
                fi
                for unit in $down $up; do journal "$unit" >&2; done
                if [ -n "$up" ]; then exit 63; else exit 64; fi
              }
              if [ "$ticks" -lt 5 ]; then sleep 0.02; else sleep 0.1; fi
              ticks=$((ticks + 1))
              [ $((ticks % 10)) -ne 0 ] || echo
            done
            if [ -n "$up" ]; then
              # A simple service counts as active before its program has proved to run at all.
              sleep 0.1
              all settled_up $up || { for unit in $up; do journal "$unit" >&2; done; exit 63; }
            fi

            for group in $groups; do
              [ -d "$group" ] || continue
              left=$(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null)
              [ -z "$left" ] || { ps -o pid=,comm= -p "$(echo $left | tr ' ' ,)" >&2; exit 65; }
            done
            """;

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
        return new UnitStates(states(names, server.output(new Script(LOOK, arguments, null))));
    }

    /** systemctl prints a paragraph for each unit, in the order in which they were asked for. */
    private static List<UnitState> states(List<String> names, String answer) {
        List<UnitState> states = new ArrayList<>();
        Map<String, String> properties = new HashMap<>();
        for (String line : (answer.strip() + "\n\n").lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
            } else if (!properties.isEmpty()) {
                states.add(new UnitState(
                        names.get(states.size()),
                        properties.getOrDefault("ActiveState", ""),
                        properties.getOrDefault("UnitFileState", "")));
                properties.clear();
            }
        }
        if (states.size() != names.size()) {
            throw FailureType.COMMAND_FAILED.because("Expected the states of " + Words.list(names)
                    + " from systemctl, but found " + states.size() + " of them; look whether systemd answers");
        }
        return states;
    }

    @Override
    public Outcome startUnits(Act<StartUnits> request) {
        StartUnits step = request.step();
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
        return bring(
                request.migration(),
                step.on(),
                step.units().stream()
                        .map(unit -> new Wanted(unit, "down", step.disable() ? "disabled" : "keep", false))
                        .toList());
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
        return bring(
                request.migration(),
                step.on(),
                units.units().stream().map(SystemdUnits::asFound).toList());
    }

    private static Wanted asFound(UnitState found) {
        // A state of its own accord (static, generated, linked…) never changes by enabling or disabling.
        String file = switch (found.enabled()) {
            case "enabled", "enabled-runtime", "disabled" -> found.enabled();
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
