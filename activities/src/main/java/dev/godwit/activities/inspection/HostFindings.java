package dev.godwit.activities.inspection;

import dev.godwit.activities.inspection.HostReport.Unit;
import dev.godwit.activities.inspection.HostReport.User;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding.Severity;
import dev.godwit.workflows.step.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Decides what a person should know of two servers. Pure: it asks nothing. */
final class HostFindings {
    /** A difference that a person may see in logs and in what the application writes. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    /** A difference that breaks sessions and tokens. */
    private static final Duration LARGE_SKEW = Duration.ofSeconds(60);
    /** systemd's StandardOutput, ExecStopPost and show --value as Godwit's jobs use them. */
    private static final int SYSTEMD = 240;
    /** Below it a server is full: PostgreSQL alone writes segments of 16 MiB. */
    private static final long FULL = 256L << 20;

    private static final int SHOWN_PACKAGES = 30;

    /** Packages of Debian by the program that is missing. */
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("base64", "coreutils"),
            Map.entry("bash", "bash"),
            Map.entry("crontab", "cron"),
            Map.entry("fallocate", "util-linux"),
            Map.entry("find", "findutils"),
            Map.entry("flock", "util-linux"),
            Map.entry("journalctl", "systemd"),
            Map.entry("sha256sum", "coreutils"),
            Map.entry("ssh", "openssh-client"),
            Map.entry("ssh-keygen", "openssh-client"),
            Map.entry("systemctl", "systemd"),
            Map.entry("systemd-run", "systemd"));

    private final Spec spec;
    private final Findings findings;

    HostFindings(Spec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    /** What one server shows by itself. */
    void host(Side side, HostReport report) {
        HostSpec host = spec.host(side);
        if (report.uid() != 0) {
            findings.at(side)
                    .blocker(
                            "privilege",
                            "Expected to be root on " + host.host() + ", but found the user id " + report.uid(),
                            "let " + host.ssh().user() + " use sudo without a password, or log in as root");
        }
        if (report.systemd() < SYSTEMD) {
            findings.at(side)
                    .blocker(
                            "systemd",
                            "Expected systemd " + SYSTEMD + " or later to run " + host.host() + ", but found "
                                    + (report.systemd() == 0 ? "another init" : report.systemd()),
                            "upgrade the system first");
        }
        for (String tool : report.missingTools()) {
            findings.at(side)
                    .blocker(
                            "tool-missing",
                            "Expected the program " + tool + " on " + host.host() + ", but found none",
                            "apt-get install " + PACKAGES.getOrDefault(tool, tool));
        }
        volumes(side, report);
        if (!report.migrations().isEmpty()) {
            findings.at(side)
                    .note(
                            "state-folder",
                            host.host() + " keeps files of other migrations: " + Words.list(report.migrations()),
                            "if none of them is under way, remove them from /var/lib/godwit");
        }
        clock(side, host, report);
    }

    private void volumes(Side side, HostReport report) {
        List<String> words = new ArrayList<>();
        report.volumes().forEach((mount, volume) -> {
            words.add(size(volume.freeBytes()) + " of " + size(volume.totalBytes()) + " on " + mount);
            if (volume.freeBytes() < FULL) {
                findings.at(side)
                        .blocker(
                                "disk-full",
                                "Expected at least " + size(FULL) + " free on " + mount + " of "
                                        + spec.host(side).host() + ", but found " + size(volume.freeBytes()),
                                "make room there");
            }
        });
        if (!words.isEmpty()) {
            findings.at(side).note("disk-free", "free: " + Words.list(words));
        }
    }

    private void clock(Side side, HostSpec host, HostReport report) {
        Duration apart = report.clock().abs().minus(report.clockError());
        if (apart.compareTo(SKEW) > 0) {
            skew(side.word(), host.host() + "'s clock is " + ahead(report.clock()) + " Godwit's", apart);
        }
    }

    /** What the service may need of the source's system and not find on the target. */
    private void packages(HostReport source, HostReport target) {
        List<String> lacking = source.packages().stream()
                .filter(name -> !target.packages().contains(name))
                .toList();
        if (lacking.isEmpty() || target.packages().isEmpty()) {
            return;
        }
        findings.at(Side.TARGET)
                .note(
                        "packages",
                        "the target lacks " + lacking.size() + " of the source's "
                                + source.packages().size() + " packages: "
                                + String.join(", ", lacking.subList(0, Math.min(SHOWN_PACKAGES, lacking.size())))
                                + (lacking.size() > SHOWN_PACKAGES ? ", …" : ""),
                        "install those that the service needs; the rehearsal shows only what it asks for");
    }

    /** What only shows when both are looked at together. */
    void pair(HostReport source, HostReport target) {
        Duration between = target.clock().minus(source.clock());
        Duration apart = between.abs().minus(source.clockError()).minus(target.clockError());
        if (apart.compareTo(SKEW) > 0) {
            skew("target", "the target's clock is " + ahead(between) + " the source's", apart);
        }
        if (!source.machine().equals(target.machine())) {
            findings.at(Side.TARGET)
                    .warning(
                            "architecture",
                            "Expected the same architecture on both servers, but found " + source.machine()
                                    + " on the source and " + target.machine() + " on the target",
                            "see that the target has programs of its own; compiled files in the copied folders will not run");
        }
        if (!source.os().equals(target.os())) {
            findings.at(Side.TARGET)
                    .warning(
                            "system",
                            "Expected the same system on both servers, but found " + source.release()
                                    + " on the source and " + target.release() + " on the target",
                            "rehearse well: paths, users and configuration may differ");
        } else if (!source.release().equals(target.release())) {
            findings.at(Side.TARGET)
                    .note(
                            "release",
                            "the source runs " + source.release() + ", the target " + target.release(),
                            "read the release notes of what the service uses");
        }
        packages(source, target);
        units(source, target);
        crontabs(source, target);
        ports(source, target);
        peer(source, target);
    }

    /** The target fetches from the source; a filter of the source's own is opened for it, by link-hosts. */
    private void peer(HostReport source, HostReport target) {
        if (target.peer().startsWith("SSH-")) {
            return;
        }
        HostSpec there = spec.source();
        String expected = "Expected the target to reach the source's sshd at " + there.address() + " port "
                + there.ssh().port() + ", but found no answer there";
        String rule =
                "from " + spec.target().address() + " to port " + there.ssh().port();
        boolean listens = source.ports().isEmpty()
                || source.ports().containsKey(there.ssh().port());
        if (source.filters().isEmpty() || !listens) {
            findings.at(Side.TARGET)
                    .blocker(
                            "peer-unreachable",
                            expected,
                            "let the source's firewall accept that port from "
                                    + spec.target().address());
        } else {
            findings.at(Side.SOURCE)
                    .note(
                            "firewall-rule",
                            expected + "; the source's firewall can drop it (" + Words.list(source.filters()) + ")",
                            "nothing to do: the step link-hosts adds a rule that accepts " + rule
                                    + ", and it is removed at the end. If another firewall is in the way, that step fails and"
                                    + " says so");
        }
    }

    private void skew(String where, String message, Duration apart) {
        findings.at(where)
                .warning(
                        "clock-skew",
                        message,
                        apart.compareTo(LARGE_SKEW) > 0
                                ? "set the clock before you go on: sessions, tokens and scheduled jobs break by such a jump"
                                : "run a time service such as systemd-timesyncd on both");
    }

    private static String ahead(Duration difference) {
        String seconds = String.format(Locale.ROOT, "%.1f s", difference.abs().toMillis() / 1000.0);
        return seconds + (difference.isNegative() ? " behind" : " ahead of");
    }

    private void units(HostReport source, HostReport target) {
        for (int index = 0; index < spec.units().size(); index++) {
            unit("/units/" + index, spec.units().get(index), source, target, false);
        }
        List<String> jobs = spec.jobs().units();
        for (int index = 0; index < jobs.size(); index++) {
            unit("/jobs/units/" + index, jobs.get(index), source, target, true);
        }
    }

    private void unit(String where, String name, HostReport source, HostReport target, boolean job) {
        Unit there = source.units().get(name);
        Unit here = target.units().get(name);
        if (there == null || here == null) {
            return; // without systemd nothing is known of units, and that is a finding already
        }
        if (!there.exists()) {
            findings.at(where)
                    .blocker(
                            "unit-missing",
                            "Expected " + name + " on the source, but found no such unit",
                            "correct the spec");
        } else if (there.file().equals("transient")) {
            findings.at(where)
                    .blocker(
                            "unit-transient",
                            "Expected " + name
                                    + " to have a unit file on the source, but found that systemd-run has made it:"
                                    + " once it is stopped, nothing can start it again",
                            "write a unit file for it and start it by that");
        } else if (!there.runs()) {
            findings.at(where)
                    .warning(
                            "unit-inactive",
                            "Expected " + name + " to run on the source, but found it " + there.active(),
                            "start it, or take it out of the spec if it is not needed");
        }
        for (String trigger : there.triggeredBy()) {
            if (!spec.units().contains(trigger) && !spec.jobs().units().contains(trigger)) {
                findings.at(where)
                        .blocker(
                                "unit-triggered",
                                "Expected nothing to start " + name
                                        + " on the source after Godwit has stopped it, but found " + trigger,
                                trigger.endsWith(".timer")
                                        ? "name " + trigger + " in its place: what it has started is waited for"
                                        : "add " + trigger + " beside it");
            }
        }
        alias(where, name, Side.SOURCE, there);
        alias(where, name, Side.TARGET, here);
        if (!here.exists()) {
            findings.at(where)
                    .blocker(
                            "unit-missing",
                            "Expected " + name + " on the target, but found no such unit",
                            "install the service on the target; it need not run there");
        } else if (here.load().equals("masked")) {
            findings.at(where)
                    .blocker(
                            "unit-masked",
                            "Expected to start " + name + " on the target, but found it masked",
                            "systemctl unmask " + name + " on the target");
        } else if (here.load().equals("retired")) {
            findings.at(where)
                    .blocker(
                            "unit-retired",
                            "Expected to start " + name
                                    + " on the target, but found that Godwit keeps it from starting since an"
                                    + " earlier migration left this server",
                            "on the target: rm /etc/systemd/system/" + name
                                    + ".d/godwit-retired.conf; systemctl daemon-reload");
        } else if (here.runs()) {
            findings.at(where)
                    .add(
                            job ? Severity.BLOCKER : Severity.WARNING,
                            "unit-running",
                            "Expected " + name + " to stand still on the target until the cutover, but found it "
                                    + here.active(),
                            "systemctl disable --now " + name + " on the target");
        } else if (job && here.startsAtBoot()) {
            findings.at(where)
                    .warning(
                            "unit-enabled",
                            "Expected " + name + " not to start by itself on the target before"
                                    + " the cutover, but found it enabled: a restart of the target would start it",
                            "systemctl disable " + name + " on the target");
        } else if (there.startsAtBoot() && here.file().equals("static")) {
            findings.at(where)
                    .warning(
                            "unit-not-enabled",
                            "Expected " + name
                                    + " to start when the target boots, as it does on the source, but found that it"
                                    + " cannot be enabled there: its unit file has no [Install] section",
                            "add one on the target, or see that another unit there wants it");
        }
    }

    /** systemctl(1): "enable" and "disable" work on the name of the unit's own file only. */
    private void alias(String where, String name, Side side, Unit unit) {
        if (!unit.aliasOf().isEmpty()) {
            findings.at(where)
                    .blocker(
                            "unit-alias",
                            "Expected the unit's own name, but found that " + name + " is another name of "
                                    + unit.aliasOf() + " on the " + side.word()
                                    + ", by which it can be neither enabled nor disabled",
                            "write " + unit.aliasOf());
        }
    }

    private void crontabs(HostReport source, HostReport target) {
        List<String> names = spec.jobs().crontabs();
        for (int index = 0; index < names.size(); index++) {
            String name = names.get(index);
            String where = "/jobs/crontabs/" + index;
            User there = source.users().get(name);
            User here = target.users().get(name);
            if (there == null || !there.exists()) {
                findings.at(where)
                        .blocker(
                                "user-missing",
                                "Expected the user " + name + " on the source, but found none",
                                "correct the spec");
            } else if (!there.hasCrontab()) {
                findings.at(where)
                        .warning(
                                "crontab-missing",
                                "Expected a crontab of " + name + " on the source, but found none",
                                "take the user out of jobs.crontabs, or see who removed it");
            }
            if (here == null || !here.exists()) {
                findings.at(where)
                        .blocker(
                                "user-missing",
                                "Expected the user " + name + " on the target, but found none",
                                "create the user on the target");
            } else if (here.hasCrontab()) {
                findings.at(where)
                        .blocker(
                                "crontab-present",
                                "Expected no crontab of " + name
                                        + " on the target until the cutover, but found one: its jobs"
                                        + " would run on both servers while everything is prepared",
                                "give its jobs to another user, or to /etc/cron.d; then run on the target: crontab -u "
                                        + name + " -r");
            }
        }
    }

    private void ports(HostReport source, HostReport target) {
        Map<Integer, String> only = new TreeMap<>(source.ports());
        only.keySet().removeAll(target.ports().keySet());
        if (!only.isEmpty()) {
            List<String> words = new ArrayList<>();
            only.forEach((port, program) -> words.add(program.isEmpty() ? "" + port : port + " (" + program + ")"));
            findings.at(Side.TARGET)
                    .note(
                            "ports",
                            "the source listens on ports on which the target does not: " + Words.list(words),
                            "see that what the service needs of them will be there");
        }
    }

    private static String size(long bytes) {
        return bytes >= 10L << 30 ? (bytes >> 30) + " GiB" : (bytes >> 20) + " MiB";
    }
}
