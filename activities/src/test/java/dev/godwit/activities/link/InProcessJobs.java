package dev.godwit.activities.link;

import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.step.FailureType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Jobs where there is no systemd: the script runs under the ssh connection, in a folder of its own. What succeeded is not
 * run again. It does not outlive a connection; the lab's tests look at that.
 */
public final class InProcessJobs implements Jobs {
    private final Map<String, String> succeeded = new ConcurrentHashMap<>();
    private final List<String> started = new ArrayList<>();

    @Override
    public String run(Server server, JobKey key, Job job, Consumer<String> line) {
        String name = name(server, key);
        String known = succeeded.get(name);
        if (known != null) {
            return known;
        }
        synchronized (started) {
            started.add(key.step());
        }
        String folder = folder(key);
        server.output(Script.of("umask 077; rm -rf \"$1\"; mkdir -p \"$1\"", folder));
        job.files().forEach((file, content) -> server.write(folder + "/" + file, content, 0600));
        server.write(folder + "/script", job.script().getBytes(StandardCharsets.UTF_8), 0600);
        List<String> arguments = new ArrayList<>(List.of(folder));
        arguments.addAll(job.arguments());
        StringBuilder out = new StringBuilder();
        Reply reply = server.follow(new Script("cd \"$1\"; shift; exec sh ./script \"$@\"", arguments, null), text -> {
            out.append(text).append('\n');
            line.accept(text);
        });
        if (!reply.ok()) {
            throw FailureType.COMMAND_FAILED.because(
                    "Expected " + key + " to succeed, but found exit status " + reply.exitCode() + ": " + reply.err());
        }
        succeeded.put(name, out.toString());
        return out.toString();
    }

    @Override
    public void remove(Server server, JobKey key) {
        succeeded.remove(name(server, key));
        server.output(Script.of("rm -rf \"$1\"; rmdir \"${1%/*}\" 2>/dev/null || :", folder(key)));
    }

    /** The steps of all jobs that were really started, in order. */
    public List<String> started() {
        synchronized (started) {
            return List.copyOf(started);
        }
    }

    private static String folder(JobKey key) {
        return StateFolder.of(key.migration()) + "/jobs/" + key.step();
    }

    private static String name(Server server, JobKey key) {
        return server.spec().host() + " " + key;
    }
}
