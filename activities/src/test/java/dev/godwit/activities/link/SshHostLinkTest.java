package dev.godwit.activities.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.host.Reply;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.link.LinkStep.UnlinkHosts;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TwoServers.RESOURCE)
class SshHostLinkTest {
    private static final String KEYS = "/root/.ssh/authorized_keys";
    /** An administrator's file, with the mode of their choice and without a closing newline. */
    private static final String FOUND = "# by hand\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== somebody";

    private TwoServers servers;
    private SshHostLink link;

    @BeforeEach
    void boot(@TempDir Path folder) throws IOException {
        servers = TwoServers.boot(folder);
        link = new SshHostLink(servers.servers());
    }

    @AfterEach
    void close() {
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void shouldLinkOnceAndChangeNothingTheSecondTime() throws IOException {
        writeKeys();
        link();
        String once = look();
        link();

        assertThat(look()).isEqualTo(once);
        assertThat(keys())
                .startsWith(FOUND + "\nrestrict,from=\"127.0.0.1\",command=\"")
                .endsWith(" godwit shop-1\n");
        assertThat(keys().lines()).hasSize(3);
        assertThat(run("godwit-run", "ping").out()).isEqualTo("godwit shop-1\n");
    }

    @Test
    void shouldKeepThePrivateKeyOnTheTargetReadableByRootOnly() throws IOException {
        link();

        Path key = servers.on(Side.TARGET, "/var/lib/godwit/shop-1/link/id");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(key)).contains("PRIVATE KEY");
        assertThat(ThisMachine.command(
                        "sh",
                        "-c",
                        "grep -rl 'PRIVATE KEY' \"$1\" || :",
                        "sh",
                        servers.on(Side.SOURCE, "/var/lib").toString()))
                .isEmpty();
    }

    @Test
    void shouldPutAuthorizedKeysBackByteForByte() throws IOException {
        writeKeys();
        String found = look();
        link();
        assertThat(look()).isNotEqualTo(found);
        remove();
        remove();

        assertThat(look()).isEqualTo(found);
        assertThat(servers.on(Side.SOURCE, "/var/lib/godwit/shop-1/link")).doesNotExist();
        assertThat(servers.on(Side.TARGET, "/var/lib/godwit/shop-1/link")).doesNotExist();
    }

    @Test
    void shouldRemoveAuthorizedKeysItMade() {
        link();
        assertThat(servers.on(Side.SOURCE, KEYS)).exists();
        remove();

        assertThat(servers.on(Side.SOURCE, "/root/.ssh")).doesNotExist();
    }

    @Test
    void shouldKeepWhatSomebodyElseAdded() throws IOException {
        writeKeys();
        link();
        Files.writeString(servers.on(Side.SOURCE, KEYS), keys() + "ssh-ed25519 AAAAB== another\n");
        remove();

        assertThat(keys()).isEqualTo(FOUND + "\nssh-ed25519 AAAAB== another\n");
    }

    @Test
    void shouldReplaceItsLineWhenTheKeyIsNew() throws IOException {
        writeKeys();
        String found = look();
        link();
        Files.delete(servers.on(Side.TARGET, "/var/lib/godwit/shop-1/link/id"));
        link();

        assertThat(keys().lines()).hasSize(3);
        remove();
        assertThat(look()).isEqualTo(found);
    }

    @Test
    void shouldFindItsLineWhenItsFolderIsGone() throws IOException {
        writeKeys();
        link();
        ThisMachine.command(
                "rm", "-rf", servers.on(Side.SOURCE, "/var/lib/godwit").toString());
        remove();

        assertThat(keys()).isEqualTo(FOUND + "\n");
    }

    @Test
    void shouldRemoveALinkThatNeverWas() throws IOException {
        writeKeys();
        String found = look();
        remove();

        assertThat(look()).isEqualTo(found);
    }

    @Test
    void shouldRefuseEverythingElse() {
        link();

        for (String command : List.of(
                "id",
                "sh -c id",
                "rsync --server --sender -logDtpre.iLsfxCIvu . /etc/",
                "rsync --server --daemon . --config=/tmp/x",
                "rsync --server --daemon --config=/tmp/x .",
                "godwit-run",
                "godwit-run nothing",
                "godwit-run ../serve",
                "godwit-run ping;id",
                "godwit-run ping $(id)",
                "godwit-run ping -x",
                "godwit-run .",
                "godwit-run ping\nid",
                "GODWIT-RUN ping")) {
            Reply reply = run(command);
            assertThat(reply.exitCode()).as(command).isEqualTo(126);
            assertThat(reply.out()).as(command).isEmpty();
            assertThat(reply.err()).as(command).contains("godwit: this key does not allow that");
        }
    }

    @Test
    void shouldRefuseAShellAndForwarding() {
        link();

        assertThat(run().exitCode()).isEqualTo(126);
        List<String> forward =
                new ArrayList<>(Link.sshCommand("shop-1", servers.migration().source()));
        forward.addAll(1, List.of("-W", "127.0.0.1:22"));
        assertThat(servers.onTarget(forward).exitCode()).isEqualTo(255);
    }

    @Test
    void shouldSendRequestsOfOneFolderOverOneConnection() {
        link();
        Link.registerProgram(
                servers.server(Side.SOURCE), "shop-1", "which", "echo \"$SSH_CONNECTION\"; cat >/dev/null\n");
        String which = String.join(
                        " ", Link.sharedSshCommand("shop-1", servers.migration().source()))
                + " godwit-run which";

        Reply reply = servers.onTarget(List.of("sh", "-ec", """
                mkdir -p /srv/job && cd /srv/job && mkfifo asked
                %1$s <asked >first &
                exec 9>asked
                until [ -s first ]; do sleep 0.02; done
                cat first
                %1$s </dev/null
                exec 9>&-
                wait
                %1$s </dev/null
                ls
                """.formatted(which)));

        List<String> lines = reply.out().lines().toList();
        assertThat(lines).as(reply.err()).hasSize(5);
        assertThat(lines.get(1)).as("over the first one's connection").isEqualTo(lines.get(0));
        assertThat(lines.get(2)).as("which ended with it").isNotEqualTo(lines.get(0));
        assertThat(lines.subList(3, 5)).as("what is left").containsExactly("asked", "first");
    }

    @Test
    void shouldReadAllowedFoldersOnly() throws IOException {
        link();
        Files.createDirectories(servers.on(Side.SOURCE, "/srv/shop"));
        Files.writeString(servers.on(Side.SOURCE, "/srv/shop/one"), "one");
        Files.writeString(servers.on(Side.SOURCE, "/srv/secret"), "secret");
        Files.createSymbolicLink(servers.on(Side.SOURCE, "/srv/shop/out"), Path.of("../secret"));

        assertThat(rsync(Link.rsyncSource("/srv/shop"), "/srv/got/").err()).contains("Unknown module");
        Link.allowPath(servers.server(Side.SOURCE), "shop-1", "/srv/shop");
        Link.allowPath(servers.server(Side.SOURCE), "shop-1", "/srv/shop");

        assertThat(rsync(Link.rsyncSource("/srv/shop"), "/srv/got/").exitCode()).isZero();
        assertThat(servers.on(Side.TARGET, "/srv/got/one")).hasContent("one");
        assertThat(rsync(Link.rsyncSource("/srv/shop") + "../secret", "/srv/got2")
                        .exitCode())
                .isNotZero();
        // Links are followed by the source's rsync, within what it may see.
        assertThat(rsync("-L", Link.rsyncSource("/srv/shop"), "/srv/got3/").exitCode())
                .isNotZero();
        assertThat(servers.on(Side.TARGET, "/srv/got3/out")).doesNotExist();
        Files.writeString(servers.on(Side.TARGET, "/srv/got/planted"), "planted");
        assertThat(rsync("/srv/got/", Link.rsyncSource("/srv/shop")).exitCode()).isNotZero();
        assertThat(servers.on(Side.SOURCE, "/srv/shop/planted")).doesNotExist();
        assertThat(rsync("--remove-source-files", Link.rsyncSource("/srv/shop"), "/srv/got4/")
                        .exitCode())
                .isNotZero();
        assertThat(servers.on(Side.SOURCE, "/srv/shop/one")).hasContent("one");
    }

    @Test
    void shouldRunProgramsWithArgumentsAndInput() {
        link();
        Link.registerProgram(servers.server(Side.SOURCE), "shop-1", "say", "echo \"$2 $1\"; cat\n");
        assertThat(run("godwit-run say a b.c-1").out()).isEqualTo("b.c-1 a\n");
        Link.registerProgram(servers.server(Side.SOURCE), "shop-1", "say", "echo new\n");
        assertThat(run("godwit-run say").out()).isEqualTo("new\n");
    }

    @Test
    void shouldNotTrustAnotherHostKey() throws IOException {
        Path key = servers.on(Side.SOURCE, "/etc/ssh/ssh_host_ed25519_key.pub");
        Files.writeString(key, Files.readString(servers.on(Side.TARGET, "/etc/ssh/ssh_host_ed25519_key.pub")));

        assertThatExceptionOfType(ApplicationFailure.class)
                .isThrownBy(this::link)
                .satisfies(failure -> assertThat(failure.getType()).isEqualTo(FailureType.HOST_KEY_CHANGED.name()));
    }

    @Test
    void shouldLeaveNothingAfterARollback() throws IOException {
        writeKeys();
        String found = look();
        link();
        Files.createDirectories(servers.on(Side.SOURCE, "/var/lib/godwit/shop-1/proxy"));
        Act<CleanUp> cleanUp = new Act<>(servers.migration(), "clean-up", new CleanUp(true), BeforeImage.NOTHING);
        link.cleanUp(cleanUp);
        link.cleanUp(cleanUp);

        assertThat(look()).isEqualTo(found);
        assertThat(servers.on(Side.SOURCE, "/var/lib/godwit")).doesNotExist();
        assertThat(servers.on(Side.TARGET, "/var/lib/godwit")).doesNotExist();
    }

    @Test
    void shouldArchiveWhatAFinishedMigrationHasReplaced() throws IOException {
        link();
        Path state = servers.on(Side.SOURCE, "/var/lib/godwit/shop-1");
        Files.createDirectories(state.resolve("proxy"));
        Files.createDirectories(state.resolve("crontabs"));
        Files.writeString(state.resolve("proxy/abc"), "server { }\n");
        Files.writeString(state.resolve("crontabs/shop.taken"), "# m h\n");
        Files.writeString(state.resolve("database-1.limit"), "-1\n");
        Files.writeString(state.resolve("database-1.pgpass"), "secret\n");
        ThisMachine.command("chown", "33:34", state.resolve("proxy/abc").toString());
        Act<CleanUp> cleanUp = new Act<>(servers.migration(), "clean-up", new CleanUp(), BeforeImage.NOTHING);
        for (int time = 1; time <= 2; time++) {
            assertThat(link.cleanUp(cleanUp).summary())
                    .endsWith(
                            "what it replaced is kept in /var/lib/godwit/archive/shop-1 on old.example.org, for root");
        }

        assertThat(ThisMachine.command(
                        "sh",
                        "-c",
                        "cd \"$1\" && find . -printf '%P %m %U\\n' | sort",
                        "sh",
                        servers.on(Side.SOURCE, "/var/lib/godwit").toString()))
                .contains(
                        "archive/shop-1 700 0\n",
                        "archive/shop-1/proxy/abc 644 33\n",
                        "archive/shop-1/crontabs/shop.taken")
                .contains("archive/shop-1/database-1.limit")
                .doesNotContain("pgpass", "\nshop-1");
        assertThat(servers.on(Side.TARGET, "/var/lib/godwit")).doesNotExist();
    }

    @Test
    void shouldKeepWhatOtherMigrationsHave() throws IOException {
        link();
        Path other = servers.on(Side.SOURCE, "/var/lib/godwit/shop-10");
        Files.createDirectory(other);
        link.cleanUp(new Act<>(servers.migration(), "clean-up", new CleanUp(), BeforeImage.NOTHING));

        assertThat(other).exists();
    }

    private void link() {
        link.linkHosts(new Act<>(servers.migration(), "link-hosts", new LinkHosts(), BeforeImage.NOTHING));
    }

    private void remove() {
        link.removeLink(new Undo<>(servers.migration(), "link-hosts", new LinkHosts(), BeforeImage.NOTHING));
        link.unlinkHosts(new Act<>(servers.migration(), "unlink-hosts", new UnlinkHosts(), BeforeImage.NOTHING));
    }

    private Reply run(String... command) {
        List<String> words =
                new ArrayList<>(Link.sshCommand("shop-1", servers.migration().source()));
        words.addAll(List.of(command));
        return servers.onTarget(words);
    }

    private Reply rsync(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "rsync",
                "-a",
                "-e",
                Link.rsyncShell("shop-1", servers.migration().source())));
        words.addAll(List.of(arguments));
        return servers.onTarget(words);
    }

    private void writeKeys() throws IOException {
        Path file = servers.on(Side.SOURCE, KEYS);
        Files.createDirectory(file.getParent());
        Files.writeString(file, FOUND);
        ThisMachine.command("chmod", "640", file.toString());
        ThisMachine.command("chown", "root:games", file.toString());
        ThisMachine.command("touch", "-d", "2020-02-02 02:02:02.123", file.toString());
    }

    private String keys() throws IOException {
        return Files.readString(servers.on(Side.SOURCE, KEYS), StandardCharsets.UTF_8);
    }

    /** The file, byte for byte, with everything around it. */
    private String look() throws IOException {
        return ThisMachine.command(
                "sh",
                "-c",
                "cd \"$1\" && ls -la --time-style=full-iso | tail -n +4 && cat authorized_keys",
                "sh",
                servers.on(Side.SOURCE, "/root/.ssh").toString());
    }
}
