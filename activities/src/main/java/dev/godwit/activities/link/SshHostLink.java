package dev.godwit.activities.link;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.link.HostLink;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.link.LinkStep.UnlinkHosts;
import dev.godwit.workflows.link.Reach;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The link by OpenSSH: a key that never leaves the target, bound to one program on the source; and, where the source's
 * packet filter would drop it, one rule for the target.
 */
public final class SshHostLink implements HostLink {
    /** The type, base64 and comment of a public key as ssh-keygen writes it. */
    private static final Pattern PUBLIC_KEY = Pattern.compile("[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?");

    private static final String MAKE_KEY = Resource.text(SshHostLink.class, "make-key.sh");

    private static final String PREPARE_SOURCE = Resource.text(SshHostLink.class, "prepare-source.sh");

    private static final String SERVE = Resource.text(SshHostLink.class, "serve.sh");

    private static final String PIN_HOST_KEYS = Resource.text(SshHostLink.class, "pin-host-keys.sh");

    /** {@code $1} the link's folder. */
    private static final String REMOVE_FOLDER = """
            set -eu
            rm -rf -- "$1"
            """;

    private static final String CLEAN_UP = Resource.text(SshHostLink.class, "clean-up.sh");

    private final Servers servers;

    public SshHostLink(Servers servers) {
        this.servers = servers;
    }

    @Override
    public Outcome reach(Reach request) {
        HostSpec host = request.migration().host(request.side());
        servers.open(host).output(Script.of(":"));
        return Outcome.of(host.host() + " is there");
    }

    @Override
    public Outcome linkHosts(Act<LinkHosts> request) {
        MigrationContext migration = request.migration();
        String folder = Link.folder(migration.id());
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());

        String key = publicKey(target.output(Script.of(MAKE_KEY, folder)).strip(), migration.target());
        String hostKeys = source.output(
                Script.of(PREPARE_SOURCE, folder, Link.mark(migration.id())).withInput(SERVE));
        target.output(Script.of(PIN_HOST_KEYS, folder).withInput(knownHosts(hostKeys, migration.source())));
        AuthorizedKeys.add(source, migration, key);
        List<String> opened = prove(migration, source, target);
        return Outcome.of("the target fetches from the source with a key of its own; a ping through it was answered"
                + (opened.isEmpty() ? "" : "; the source's firewall lets it in (" + Words.list(opened) + ")"));
    }

    /**
     * Proves the link; opens the source's packet filter if there is no way through it.
     *
     * @return the chains that were opened
     */
    private static List<String> prove(MigrationContext migration, Server source, Server target) {
        Optional<ApplicationFailure> failure = LinkProof.failure(migration, target);
        if (failure.isEmpty()) {
            return List.of();
        }
        List<String> opened = failure.get().getType().equals(FailureType.HOST_UNREACHABLE.name())
                ? PacketFilter.open(source, migration)
                : List.of();
        if (opened.isEmpty()) {
            throw failure.get();
        }
        LinkProof.require(migration, target);
        return opened;
    }

    @Override
    public Outcome removeLink(Undo<LinkHosts> request) {
        return unlink(request.migration());
    }

    @Override
    public Outcome unlinkHosts(Act<UnlinkHosts> request) {
        return unlink(request.migration());
    }

    @Override
    public Outcome cleanUp(Act<CleanUp> request) {
        MigrationContext migration = request.migration();
        // The step that removes the link may have been skipped.
        unlink(migration);
        String archive = request.step().afterRollback() ? "" : StateFolder.archive(migration.id());
        List<String> kept = new ArrayList<>();
        for (HostSpec host : List.of(migration.source(), migration.target())) {
            String archived = servers.open(host).output(Script.of(CLEAN_UP, StateFolder.of(migration.id()), archive));
            if (!archived.isBlank()) {
                kept.add(host.host());
            }
        }
        return Outcome.of("nothing of Godwit's is left on either server"
                + (kept.isEmpty()
                        ? ""
                        : "; what it replaced is kept in " + archive + " on " + Words.list(kept) + ", for root"));
    }

    private Outcome unlink(MigrationContext migration) {
        String folder = Link.folder(migration.id());
        Server source = servers.open(migration.source());
        List<String> closed = PacketFilter.close(source, migration);
        AuthorizedKeys.remove(source, migration);
        servers.open(migration.target()).output(Script.of(REMOVE_FOLDER, folder));
        return Outcome.of("the temporary key is gone from both servers"
                + (closed.isEmpty() ? "" : ", its rule from the source's firewall (" + Words.list(closed) + ")"));
    }

    private static String publicKey(String line, HostSpec target) {
        if (!PUBLIC_KEY.matcher(line).matches() || line.indexOf('\n') >= 0) {
            throw FailureType.COMMAND_FAILED.because("Expected one public key from ssh-keygen on " + target.host()
                    + ", but found '" + line + "'; look at its ssh-keygen");
        }
        String[] parts = line.split(" ", 3);
        return parts[0] + " " + parts[1];
    }

    private static String knownHosts(String hostKeys, HostSpec source) {
        List<String> keys = hostKeys.lines()
                .filter(line -> PUBLIC_KEY.matcher(line).matches())
                .toList();
        if (keys.isEmpty()) {
            throw FailureType.COMMAND_FAILED.because("Expected public host keys in /etc/ssh/ssh_host_*_key.pub on "
                    + source.host() + ", but found none; make them with ssh-keygen -A");
        }
        StringBuilder text = new StringBuilder();
        for (String key : keys) {
            text.append(Link.SOURCE).append(' ').append(key).append('\n');
        }
        return text.toString();
    }
}
