package dev.godwit.activities.crontabs;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Resource;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.crontabs.CrontabStep;
import dev.godwit.workflows.crontabs.CrontabStep.InstallCrontabs;
import dev.godwit.workflows.crontabs.CrontabStep.RemoveCrontabs;
import dev.godwit.workflows.crontabs.Crontabs;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Undo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Crontabs of Vixie cron and cronie, in the spool folder of Debian, Red Hat or SUSE.
 *
 * <p>In the state folder, for each user: {@code USER.changed} says that Godwit may have changed the crontab, until that is
 * taken back; {@code USER.taken} is the spool file as it was taken away, and {@code USER.list} the same as {@code crontab
 * -l} prints it, without the dated header that Debian's crontab(1) adds. What is put back on the same server is the spool
 * file, byte for byte; what goes to the other server is the list, given to crontab(1) there, which checks it.
 */
public final class UserCrontabs implements Crontabs {
    private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    private static final int NO_USER = 61;
    private static final int STILL_THERE = 62;
    private static final int DIFFERS = 63;
    private static final int STILL_WORKING = 64;
    private static final int SOMEBODYS = 65;
    private static final int WRITTEN_SINCE = 66;

    /** How long an attempt waits for jobs that cron has started. */
    private static final Duration LIMIT = Duration.ofSeconds(150);

    /** The same in an undo, which is tried more often. */
    private static final Duration UNDO_LIMIT = Duration.ofSeconds(15);

    private static final String LOOK = Resource.text(UserCrontabs.class, "look.sh");

    private static final String TAKE = Resource.text(UserCrontabs.class, "take.sh");

    private static final String TAKEN = Resource.text(UserCrontabs.class, "taken.sh");

    private static final String INSTALL = Resource.text(UserCrontabs.class, "install.sh");

    private static final String RESTORE = Resource.text(UserCrontabs.class, "restore.sh");

    private final Servers servers;
    private final Duration limit;

    public UserCrontabs(Servers servers) {
        this(servers, LIMIT);
    }

    /**
     * Crontabs with another patience.
     *
     * @param limit how long to wait for jobs that cron has started, in whole seconds
     */
    UserCrontabs(Servers servers, Duration limit) {
        this.servers = servers;
        this.limit = limit;
    }

    @Override
    public BeforeImage lookAtCrontabs(Look<CrontabStep> request) {
        CrontabStep step = request.step();
        Server server = servers.open(request.migration().host(step.on()));
        List<SavedFile> files = new ArrayList<>();
        for (String line : ask(server, LOOK, users(step), "")) {
            int space = line.lastIndexOf(' ');
            String sum = line.substring(space + 1);
            if (step instanceof InstallCrontabs && !sum.equals("-")) {
                throw somebodys(server, line.substring(0, space));
            }
            files.add(new SavedFile(line.substring(0, space), !sum.equals("-"), sum.equals("-") ? null : sum));
        }
        return new SavedFiles(files);
    }

    /** Of a service that has moved here meanwhile, or of the operator's: the preflight found none. */
    private static RuntimeException somebodys(Server server, String path) {
        return FailureType.SPEC_MISMATCH.because("Expected no crontab " + path + " on "
                + server.spec().host()
                + " before Godwit's, as in the preflight, but found one: the source's would replace it, and its jobs"
                + " would run nowhere; give those jobs to another user, or to /etc/cron.d, take the crontab away, then"
                + " try again");
    }

    @Override
    public Outcome removeCrontabs(Act<RemoveCrontabs> request) {
        RemoveCrontabs step = request.step();
        Server source = servers.open(request.migration().source());
        List<String> taken = follow(
                source,
                new Script(TAKE, arguments(request.migration(), limit, step), null),
                "what cron has started as " + Words.list(step.users()));
        return Outcome.of(
                taken.isEmpty()
                        ? "the source has no crontab of " + Words.list(step.users())
                        : "took the crontabs of " + Words.list(taken) + " from the source");
    }

    @Override
    public Outcome installCrontabs(Act<InstallCrontabs> request) {
        InstallCrontabs step = request.step();
        MigrationContext migration = request.migration();
        List<String> arguments = new ArrayList<>(List.of(folder(migration)));
        arguments.addAll(users(step));
        List<String> lists = ask(servers.open(migration.source()), TAKEN, arguments, "");
        List<String> changed =
                ask(servers.open(migration.target()), INSTALL, arguments, String.join("\n", lists) + "\n");
        return Outcome.of(
                changed.isEmpty()
                        ? "the target has what the source had already"
                        : "installed the crontabs of " + Words.list(changed) + " on the target");
    }

    @Override
    public Outcome restoreCrontabs(Undo<CrontabStep> request) {
        CrontabStep step = request.step();
        if (!(request.before() instanceof SavedFiles)) {
            return Outcome.of("nothing was changed, so nothing is put back");
        }
        List<String> arguments = arguments(request.migration(), Durations.shorter(limit, UNDO_LIMIT), step);
        Server server = servers.open(request.migration().host(step.on()));
        List<String> changed = follow(server, new Script(RESTORE, arguments, null), "what cron has started");
        return Outcome.of(
                changed.isEmpty()
                        ? "the crontabs on the " + step.on().word() + " are as they were found"
                        : "put the crontabs of " + Words.list(changed) + " back on the "
                                + step.on().word());
    }

    /** Runs a script that waits; its lines that are not empty. */
    private static List<String> follow(Server server, Script script, String awaited) {
        List<String> lines = new ArrayList<>();
        Reply reply = server.follow(script, line -> {
            if (line.isEmpty()) {
                Heartbeat.of("waiting for " + awaited);
            } else {
                lines.add(line);
            }
        });
        if (!reply.ok()) {
            throw failure(server, reply);
        }
        return lines;
    }

    private static List<String> users(CrontabStep step) {
        for (String user : step.users()) {
            if (!USER.matcher(user).matches()) {
                throw FailureType.SPEC_MISMATCH.because(
                        "Expected the name of a user, but found '" + user + "'; correct jobs.crontabs in the spec");
            }
        }
        return step.users();
    }

    private static List<String> arguments(MigrationContext migration, Duration limit, CrontabStep step) {
        List<String> arguments = new ArrayList<>(List.of(folder(migration), Long.toString(limit.toSeconds())));
        arguments.addAll(users(step));
        return arguments;
    }

    private static List<String> ask(Server server, String script, List<String> arguments, String input) {
        Reply reply = server.run(new Script(script, arguments, input));
        if (reply.ok()) {
            return reply.out().lines().toList();
        }
        throw failure(server, reply);
    }

    private static String folder(MigrationContext migration) {
        return StateFolder.of(migration.id()) + "/crontabs";
    }

    private static RuntimeException failure(Server server, Reply reply) {
        String host = server.spec().host();
        String found = RemoteFailure.end(reply.err());
        return switch (reply.exitCode()) {
            case NO_USER ->
                FailureType.SPEC_MISMATCH.because("Expected the users of jobs.crontabs on " + host + ", but found: "
                        + found + "; create the user there or correct the spec");
            case STILL_THERE ->
                FailureType.COMMAND_FAILED.because(
                        "Expected no crontab any more, so that its jobs run on one side only, but found on " + host
                                + ": " + found + "; look who writes it, then try again");
            case DIFFERS ->
                FailureType.COMMAND_FAILED.because("Expected the crontab on " + host
                        + " to be what was written, but found something else; look who else writes it, then try again");
            case STILL_WORKING ->
                FailureType.COMMAND_FAILED.because("Expected the jobs that cron has started on " + host
                        + " to end, so that they run on one side only, but found still at work: " + found
                        + "; the crontab is taken away already: wait for them, or end them, then try again");
            case SOMEBODYS -> somebodys(server, found);
            case WRITTEN_SINCE ->
                FailureType.SPEC_MISMATCH.because("Expected the crontab on " + host + " to be as Godwit left it, but"
                        + " found that somebody has written " + found + " since; Godwit does not overwrite that; keep"
                        + " a copy of it, run crontab -r as that user, try again, and put your lines back then");
            default -> RemoteFailure.of(host, "the change of crontabs", reply.exitCode(), reply.err());
        };
    }
}
