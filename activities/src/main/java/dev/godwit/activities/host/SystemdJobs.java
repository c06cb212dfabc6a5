package dev.godwit.activities.host;

import dev.godwit.activities.Resource;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Supervised jobs as systemd transient services (systemd 240 or later).
 *
 * <p>A job's folder holds {@code script}, {@code unit} with the unit's name, its files, {@code out}, {@code err} and, once
 * the job and all its processes are gone, {@code exit}: what systemd says in {@code $SERVICE_RESULT $EXIT_CODE
 * $EXIT_STATUS} (systemd.exec(5)). That file is written by ExecStopPost, so that a job that was killed, ran out of memory
 * or took too long has one too. A folder without it, whose unit does not run, is a job that was lost with its server: it
 * is started again. The unit itself goes when it ends, also one that failed: what is known of it is in the folder, and in
 * the journal.
 *
 * <p>One call is one remote command: it starts the job or finds it, hands over its output as it comes, and ends with
 * its result. When the connection breaks, only that command dies.
 */
public final class SystemdJobs implements Jobs {
    private static final int CUT_SHORT = 45;
    private static final int NO_SYSTEMD = 46;
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Set<String> OWN_FILES =
            Set.of("script", "start", "ended", "unit", "out", "err", "exit", "exit.new");

    /** Begins a line of ours: the remote command speaks between the job's lines. */
    private static final char OURS = '\u001d';

    /** Ends what is not a whole line yet: the job may write the rest of it later. */
    private static final char PARTIAL = '\u001e';

    private static final String RUN = Resource.text(SystemdJobs.class, "run-job.sh");

    private static final String REMOVE = Resource.text(SystemdJobs.class, "remove-job.sh");

    /** Runs inside the unit; the job's command line follows. */
    private static final String START = """
            cd -- "$(dirname -- "$0")" || exit 1
            export HOME="${HOME:-/root}" LC_ALL=C.UTF-8
            exec >>out 2>>err </dev/null
            exec\s""";

    /** Runs inside the unit when everything else of it has ended. */
    private static final String ENDED = """
            cd -- "$(dirname -- "$0")" || exit 1
            printf '%s %s %s\n' "$SERVICE_RESULT" "$EXIT_CODE" "$EXIT_STATUS" >>exit.new
            sync out err exit.new
            mv exit.new exit
            """;

    @Override
    public String run(Server server, JobKey key, Job job, Consumer<String> line) {
        String unit = StateFolder.unit(key);
        String folder = StateFolder.of(key);
        List<String> arguments = new ArrayList<>(List.of(
                unit,
                StateFolder.ROOT,
                folder,
                Long.toString(Math.max(1, job.timeout().toSeconds()))));
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        files(job).forEach((name, content) -> {
            arguments.add(name);
            arguments.add(Integer.toString(content.length));
            contents.writeBytes(content);
        });
        String input = Base64.getEncoder().encodeToString(contents.toByteArray());
        Transcript transcript = new Transcript(line);
        Reply reply = server.follow(new Script(RUN, arguments, input), transcript);
        Ending ending = transcript.ending();
        if (ending == null) {
            throw notFollowed(server, key, reply);
        }
        if (ending.succeeded()) {
            return ending.out();
        }
        throw failed(server, key, job.timeout(), ending);
    }

    private static Map<String, byte[]> files(Job job) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        new TreeMap<>(job.files()).forEach((name, content) -> {
            if (!FILE.matcher(name).matches() || OWN_FILES.contains(name)) {
                throw new IllegalArgumentException("Expected the plain name of a file that is not one of " + OWN_FILES
                        + ", but found '" + name + "'");
            }
            files.put(name, content);
        });
        List<String> words = new ArrayList<>(List.of("/bin/sh", "./script"));
        words.addAll(job.arguments());
        files.put("script", bytes(job.script()));
        files.put("start", bytes(START + ShellQuote.words(words) + "\n"));
        files.put("ended", bytes(ENDED));
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ApplicationFailure notFollowed(Server server, JobKey key, Reply reply) {
        String host = server.spec().host();
        return switch (reply.exitCode()) {
            case NO_SYSTEMD ->
                FailureType.TOOL_MISSING.because("Expected systemd to run " + host
                        + ", so that a job outlives the connection, but found another init; move the service by hand or boot"
                        + " with systemd");
            case CUT_SHORT ->
                FailureType.HOST_UNREACHABLE.because("Expected the files of the job " + key.step() + " to reach " + host
                        + " whole, but found less; the connection was cut, try again");
            default -> RemoteFailure.of(host, "the start of the job " + key.step(), reply.exitCode(), reply.err());
        };
    }

    private static ApplicationFailure failed(Server server, JobKey key, Duration timeout, Ending ending) {
        String host = server.spec().host();
        String what = "the job " + key.step();
        if (ending.diskFull()) {
            return FailureType.DISK_FULL.because("Expected " + what + " to find room on the disks of " + host
                    + ", but found: " + RemoteFailure.end(ending.err()) + "; make room, then try again");
        }
        if (ending.result().equals("timeout")) {
            return FailureType.COMMAND_FAILED.because("Expected " + what + " on " + host + " to end within "
                    + Durations.format(timeout) + ", but found it still running and stopped it; its last words: "
                    + RemoteFailure.end(ending.err()));
        }
        if (ending.code().equals("exited")) {
            return RemoteFailure.of(host, what, Integer.parseInt(ending.status()), ending.err());
        }
        return FailureType.COMMAND_FAILED.because("Expected " + what + " on " + host
                + " to run to its end, but found that it was killed (" + ending.result() + ", " + ending.code() + " "
                + ending.status() + "): " + RemoteFailure.end(ending.err())
                + "; look for a lack of memory or a restart of the server, then try again");
    }

    @Override
    public void remove(Server server, JobKey key) {
        server.output(Script.of(REMOVE, StateFolder.unit(key), StateFolder.ROOT, StateFolder.of(key)));
    }

    /**
     * How a job ended.
     *
     * @param result systemd's word for it, such as {@code success}, {@code timeout} or {@code oom-kill}; {@code unknown} if
     *     nobody saw the end
     * @param code {@code exited}, {@code killed}, {@code dumped}, or {@code lost} if nobody saw the end
     * @param status exit status or name of the signal
     */
    private record Ending(String result, String code, String status, boolean noRoom, String out, String err) {
        boolean succeeded() {
            return code.equals("exited") && status.equals("0");
        }

        boolean diskFull() {
            return noRoom || RemoteFailure.isDiskFull(err);
        }
    }

    /** Tells the job's lines from ours. */
    private static final class Transcript implements Consumer<String> {
        private final Consumer<String> line;
        private final StringBuilder partial = new StringBuilder();
        private final List<String> closing = new ArrayList<>();
        private boolean opened;

        Transcript(Consumer<String> line) {
            this.line = line;
        }

        @Override
        public void accept(String text) {
            if (!closing.isEmpty()) {
                closing.add(text);
            } else if (!text.isEmpty() && text.charAt(0) == OURS) {
                if (opened) {
                    flush();
                    closing.add(text.substring(1));
                } else {
                    opened = true;
                }
            } else if (!text.isEmpty() && text.charAt(text.length() - 1) == PARTIAL) {
                partial.append(text, 0, text.length() - 1);
                line.accept("");
            } else {
                partial.append(text);
                flush();
            }
        }

        private void flush() {
            if (!partial.isEmpty()) {
                line.accept(partial.toString());
                partial.setLength(0);
            }
        }

        @Nullable
        Ending ending() {
            if (closing.size() < 3) {
                return null;
            }
            List<String> words = List.of(closing.getFirst().split(" ", -1));
            return new Ending(
                    words.get(0),
                    words.get(1),
                    words.get(2),
                    words.get(3).equals("0"),
                    decoded(closing.get(1)),
                    decoded(closing.get(2)));
        }

        private static String decoded(String base64) {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        }
    }
}
