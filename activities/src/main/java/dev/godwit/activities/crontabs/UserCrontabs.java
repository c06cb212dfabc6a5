package dev.godwit.activities.crontabs;

import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.RemoteFailure;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.crontabs.Crontabs;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.crontabs.CrontabStep;
import dev.godwit.workflows.crontabs.CrontabStep.InstallCrontabs;
import dev.godwit.workflows.crontabs.CrontabStep.RemoveCrontabs;
import dev.godwit.workflows.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Crontabs of Vixie cron and cronie, in the spool folder of Debian, Red Hat or SUSE.
 *
 * <p>In the state folder, for each user: {@code USER.SHA256} is the spool file as a look found it; {@code USER.changed}
 * says that Godwit changed the crontab; {@code USER.taken} is the spool file as it was taken away, and
 * {@code USER.list} the same as {@code crontab -l} prints it, without the dated header that Debian's crontab(1) adds.
 * What is put back on the same server is the spool file, byte for byte; what goes to the other server is the list, given
 * to crontab(1) there, which checks it.
 */
public final class UserCrontabs implements Crontabs {
    private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    private static final int NO_USER = 61;
    private static final int STILL_THERE = 62;
    private static final int DIFFERS = 63;
    private static final int STILL_WORKING = 64;
    private static final int SOMEBODYS = 65;

    /** How long an attempt waits for jobs that cron has started. */
    private static final Duration LIMIT = Duration.ofSeconds(150);

    /** The same in an undo, which is tried more often. */
    private static final Duration UNDO_LIMIT = Duration.ofSeconds(15);

    /** Finds the spool folder: of Debian, SUSE, Red Hat. Each script begins with it. */
    private static final String SPOOL = """
            set -eu
            umask 077
            for spool in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron; do
              [ ! -d "$spool" ] || break
            done
            command -v crontab >/dev/null || { echo 'crontab: not found' >&2; exit 127; }
            sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
            """;

    /**
     * Waits for what cron has started, {@code limit} seconds at most. Such a job is below cron or, where it has left its
     * parents, in cron's group; a fork of cron that has no child yet may become one. Of what is left it says no more than
     * a program and its script: other arguments may be secret.
     */
    private static final String JOBS = """
            left() {
              ps -ww -e -o pid=,ppid=,ruid=,euid=,cgroup:999=,comm= | awk -v "uid=$1" '
                { parent[$1] = $2; own[$1] = $3 == uid || $4 == uid; grouped[$1] = $5 ~ /[/]cron(d|ie)?[.]service/
                  cron[$1] = $6 == "cron" || $6 == "crond"; children[$2]++ }
                END {
                  for (pid in own) {
                    if (cron[pid]) {
                      if (cron[parent[pid]] && !children[pid]) print pid
                    } else if (own[pid]) {
                      below = grouped[pid]
                      for (above = parent[pid]; above > 1 && !below; above = parent[above]) below = cron[above]
                      if (below) print pid
                    }
                  }
                }'
            }
            # await_jobs USER…: until no job that cron has started for them is left; an empty line now and then
            await_jobs() {
              ticks=0
              while :; do
                all=
                for user; do
                  ! uid=$(id -u -- "$user" 2>/dev/null) || all="$all $(left "$uid")"
                done
                # shellcheck disable=SC2086,SC2116
                all=$(echo $all)
                [ -n "$all" ] || break
                if [ "$ticks" -ge $((limit * 2)) ]; then
                  ps -ww -o pid=,user=,args= -p "$(echo "$all" | tr ' ' ,)" |
                    awk '{ print $1, $2, $3, ($4 ~ "^/" ? $4 : "") }' >&2
                  exit 64
                fi
                echo
                sleep 0.5
                ticks=$((ticks + 1))
              done
            }
            """;

    /** $1 state folder, $2… users. Prints path and checksum of each, or {@code -} for none. */
    private static final String LOOK = SPOOL + """
            state=$1
            shift
            mkdir -p -- "$state"
            for user; do
              id -u -- "$user" >/dev/null 2>&1 || { echo "there is no user $user" >&2; exit 61; }
              if [ -e "$spool/$user" ]; then
                sum=$(sum "$spool/$user")
                cp -p -- "$spool/$user" "$state/$user.new"
                sync -- "$state/$user.new"
                mv -f -- "$state/$user.new" "$state/$user.$sum"
                echo "$spool/$user $sum"
              else
                echo "$spool/$user -"
              fi
            done
            """;

    /**
     * $1 state folder, $2 limit in seconds, $3… users. Prints the users whose crontabs it took, then empty lines while
     * jobs that cron has started go on.
     */
    private static final String TAKE = SPOOL + JOBS + """
            state=$1 limit=$2
            shift 2
            mkdir -p -- "$state"
            for user; do
              : >"$state/$user.changed"
              [ -e "$spool/$user" ] || continue
              # In this order: on the source there is never a list without what was taken.
              cp -p -- "$spool/$user" "$state/$user.new"
              mv -f -- "$state/$user.new" "$state/$user.taken"
              crontab -u "$user" -l >"$state/$user.new"
              mv -f -- "$state/$user.new" "$state/$user.list"
              sync -- "$state/$user.list" "$state/$user.taken" "$state"
              crontab -u "$user" -r
              [ ! -e "$spool/$user" ] || exit 62
              echo "$user"
            done
            await_jobs "$@"
            """;

    /** $1 state folder, $2… users. Prints a line for each: the list in base64 with a dot before, or {@code -}. */
    private static final String TAKEN = SPOOL + """
            state=$1
            shift
            for user; do
              if [ -e "$spool/$user" ]; then
                echo "the crontab of $user is still on the source" >&2
                exit 62
              elif [ -e "$state/$user.list" ]; then
                echo ".$(base64 -w 0 <"$state/$user.list")"
              else
                echo -
              fi
            done
            """;

    /** $1 state folder, $2… users; the input has the lines of TAKEN. Prints the users whose crontabs it changed. */
    private static final String INSTALL = SPOOL + """
            state=$1
            shift
            mkdir -p -- "$state"
            for user; do
              IFS= read -r line
              [ "$line" != - ] || continue
              id -u -- "$user" >/dev/null 2>&1 || { echo "there is no user $user" >&2; exit 61; }
              printf %s "${line#.}" | base64 -d >"$state/$user.list"
              wanted=$(sum "$state/$user.list")
              crontab -u "$user" -l >"$state/$user.new" 2>/dev/null || :
              if [ ! -e "$spool/$user" ] || [ "$(sum "$state/$user.new")" != "$wanted" ]; then
                [ ! -e "$spool/$user" ] || [ -e "$state/$user.changed" ] || { echo "$spool/$user" >&2; exit 65; }
                : >"$state/$user.changed"
                crontab -u "$user" - <"$state/$user.list"
                crontab -u "$user" -l >"$state/$user.new"
                [ "$(sum "$state/$user.new")" = "$wanted" ] || exit 63
                echo "$user"
              fi
              rm -f -- "$state/$user.new"
            done
            """;

    /**
     * $1 state folder, $2 limit in seconds; then user and checksum, or {@code -}. Prints the users whose crontabs it
     * changed, then empty lines while jobs of a crontab that is gone go on: they are not to meet those of the other side.
     * The file beside begins with a dot, which cron skips; the renaming changes the folder's time, by which cron notices.
     */
    private static final String RESTORE = SPOOL + JOBS + """
            state=$1 limit=$2 gone=
            shift 2
            while [ $# -gt 0 ]; do
              user=$1 found=$2
              shift 2
              [ -e "$state/$user.changed" ] || continue
              # What was taken away is newer than what was looked at, if somebody wrote it in between.
              saved=$state/$user.taken
              if [ ! -e "$saved" ]; then
                saved=
                [ "$found" = - ] || saved=$state/$user.$found
                # On the target, the jobs of what was installed there.
                [ ! -e "$state/$user.list" ] || gone="$gone $user"
              fi
              if [ -n "$saved" ]; then
                if [ ! -e "$spool/$user" ] || ! cmp -s -- "$saved" "$spool/$user"; then
                  cp -p -- "$saved" "$spool/.godwit.$user"
                  sync -- "$spool/.godwit.$user"
                  mv -f -- "$spool/.godwit.$user" "$spool/$user"
                  cmp -s -- "$saved" "$spool/$user" || exit 63
                  echo "$user"
                fi
              elif [ -e "$state/$user.list" ] && [ -e "$spool/$user" ]; then
                crontab -u "$user" -r
                [ ! -e "$spool/$user" ] || exit 62
                echo "$user"
              fi
            done
            # Names of users hold no blanks.
            # shellcheck disable=SC2086
            await_jobs $gone
            """;

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
        for (String line : ask(server, request.migration(), LOOK, step.users(), "")) {
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
        step.users().forEach(UserCrontabs::checked);
        List<String> arguments =
                new ArrayList<>(List.of(folder(request.migration()), Long.toString(limit.toSeconds())));
        arguments.addAll(step.users());
        List<String> taken = follow(
                source, new Script(TAKE, arguments, null), "what cron has started as " + Words.list(step.users()));
        return Outcome.of(
                taken.isEmpty()
                        ? "the source has no crontab of " + Words.list(step.users())
                        : "took the crontabs of " + Words.list(taken) + " from the source");
    }

    @Override
    public Outcome installCrontabs(Act<InstallCrontabs> request) {
        InstallCrontabs step = request.step();
        MigrationContext migration = request.migration();
        List<String> lists = ask(servers.open(migration.source()), migration, TAKEN, step.users(), "");
        List<String> changed = ask(
                servers.open(migration.target()), migration, INSTALL, step.users(), String.join("\n", lists) + "\n");
        return Outcome.of(
                changed.isEmpty()
                        ? "the target has what the source had already"
                        : "installed the crontabs of " + Words.list(changed) + " on the target");
    }

    @Override
    public Outcome restoreCrontabs(Undo<CrontabStep> request) {
        CrontabStep step = request.step();
        if (!(request.before() instanceof SavedFiles found)) {
            return Outcome.of("nothing was changed, so nothing is put back");
        }
        List<String> arguments = new ArrayList<>(List.of(
                folder(request.migration()),
                Long.toString(Durations.shorter(limit, UNDO_LIMIT).toSeconds())));
        for (SavedFile file : found.files()) {
            arguments.add(checked(file.path().substring(file.path().lastIndexOf('/') + 1)));
            arguments.add(file.sha256() == null ? "-" : file.sha256());
        }
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

    private static String checked(String user) {
        if (!USER.matcher(user).matches()) {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected the name of a user, but found '" + user + "'; correct jobs.crontabs in the spec");
        }
        return user;
    }

    private static List<String> ask(
            Server server, MigrationContext migration, String script, List<String> users, String input) {
        users.forEach(UserCrontabs::checked);
        List<String> arguments = new ArrayList<>(List.of(folder(migration)));
        arguments.addAll(users);
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
            default -> RemoteFailure.of(host, "the change of crontabs", reply.exitCode(), reply.err());
        };
    }
}
