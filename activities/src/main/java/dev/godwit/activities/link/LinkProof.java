package dev.godwit.activities.link;

import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks through the link: only an answer shows that key, address, host key and wrapper fit. */
public final class LinkProof {
    /** What ssh itself ends with when there is no connection or no login. */
    private static final int SSH_FAILED = 255;

    private LinkProof() {}

    /**
     * Asks again, before visitors wait for what moves through the link: days may have gone by since it was made, and
     * whoever keeps the source's keys or firewall may know nothing of it.
     */
    public static void require(MigrationContext migration, Server target) {
        failure(migration, target).ifPresent(failure -> {
            throw failure;
        });
    }

    /** Why there was no answer, if there was none. */
    static Optional<ApplicationFailure> failure(MigrationContext migration, Server target) {
        List<String> command = new ArrayList<>(Link.sshCommand(migration.id(), migration.source()));
        command.add("godwit-run");
        command.add("ping");
        Reply reply = target.run(new Script("exec \"$@\" </dev/null", command, null));
        boolean answered = reply.ok() && reply.out().strip().equals(Link.mark(migration.id()));
        return answered ? Optional.empty() : Optional.of(notProved(migration, reply));
    }

    private static ApplicationFailure notProved(MigrationContext migration, Reply reply) {
        HostSpec source = migration.source();
        String way =
                "from " + migration.target().address() + " to " + source.ssh().user() + "@" + source.address()
                        + " port " + source.ssh().port();
        String found = reply.err().strip();
        if (reply.exitCode() == SSH_FAILED && found.contains("Host key verification failed")) {
            return FailureType.HOST_KEY_CHANGED.because("Expected the source's own host keys " + way + ", but found: "
                    + found + "; look whether another machine answers at that address");
        }
        if (reply.exitCode() == SSH_FAILED && found.contains("Permission denied")) {
            return FailureType.LOGIN_REFUSED.because("Expected the source to accept the temporary key " + way
                    + ", but found: " + found
                    + "; look whether the source sees the target under another address, whether"
                    + " its sshd allows public keys for this user, and whether something has taken Godwit's line out of"
                    + " its authorized keys");
        }
        if (reply.exitCode() == SSH_FAILED) {
            return FailureType.HOST_UNREACHABLE.because("Expected an ssh connection " + way + ", but found: " + found
                    + "; let the target reach that port: a firewall outside the source, or a rule that the"
                    + " source's own cannot be asked for, is in the way");
        }
        return FailureType.COMMAND_FAILED.because("Expected '" + Link.mark(migration.id()) + "' from the source " + way
                + ", but found exit status " + reply.exitCode() + ", '"
                + reply.out().strip() + "' and: " + found
                + "; look whether something on the source prints at login");
    }
}
