package dev.godwit.activities.link;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The link between the servers of a migration, for the packages that move data through it: what the target runs to
 * reach the source, and what the source lets it do.
 *
 * <p>The source accepts two commands and nothing else. {@code godwit-run NAME [ARGUMENT…]} runs a program that was
 * {@linkplain #registerProgram registered} there before, as root, with standard input and output. And rsync's daemon
 * mode reads the folders that were {@linkplain #allowPath allowed} there before, chrooted into each of them: rsyncd is
 * made for clients that are not trusted, so that no option of the target's reaches the source's shell or leaves the
 * folder (rsync(1), "Using rsync-daemon features via a remote-shell connection").
 */
public final class Link {
    /** The name under which the target's ssh knows the source: its host key and its rsync modules. */
    static final String SOURCE = "godwit-source";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
    private static final int DIGITS = 16;

    private static final String REGISTER = Resource.text(Link.class, "register.sh");

    private static final String ALLOW = Resource.text(Link.class, "allow.sh");

    private Link() {}

    /** The link's folder, on either server. */
    public static String folder(String migration) {
        return StateFolder.of(migration) + "/link";
    }

    /**
     * What the target runs to reach the source: {@code ssh}, its options and the destination, each an argument of its
     * own without white space. {@code godwit-run} and the name of a program follow. Batch mode, the pinned host key, the
     * link's own key, no configuration of the target's; a dead connection is noticed within 45 s.
     */
    public static List<String> sshCommand(String migration, HostSpec source) {
        List<String> command = new ArrayList<>(ssh(migration, source));
        command.add(SOURCE);
        return List.copyOf(command);
    }

    /**
     * The same for many requests from one folder: as long as the first of them lasts, the others go over its connection
     * (ssh_config(5), ControlMaster). A handshake costs both servers 0.2 s of a processor, which a copy of many tables
     * would pay for each. Where the source allows fewer sessions, a request has a connection of its own.
     */
    public static List<String> sharedSshCommand(String migration, HostSpec source) {
        List<String> command = new ArrayList<>(ssh(migration, source));
        command.addAll(List.of("-oControlMaster=auto", "-oControlPath=./connection", SOURCE));
        return List.copyOf(command);
    }

    /** The value of rsync's {@code -e} on the target. */
    public static String rsyncShell(String migration, HostSpec source) {
        return String.join(" ", ssh(migration, source));
    }

    /** What rsync on the target names as its source, with the closing slash: the content of an allowed folder. */
    public static String rsyncSource(String path) {
        return SOURCE + "::" + module(path) + "/";
    }

    /**
     * Puts a program on the source that the target may run as {@code godwit-run NAME}. A program of that name is
     * replaced. It is removed with the link.
     *
     * @param source the source
     * @param name letters, digits, '.', '_' and '-'
     * @param text POSIX shell, run by {@code sh} as root; its arguments come from the target and consist of letters,
     *     digits, '.', '_' and '-'
     */
    public static void registerProgram(Server source, String migration, String name, String text) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Expected a program's name made of letters, digits, '.', '_' and '-',"
                    + " but found '" + name + "'");
        }
        source.output(Script.of(REGISTER, folder(migration), name).withInput(text));
    }

    /** Takes a program away again; the target can run it no more. */
    public static void removeProgram(Server source, String migration, String name) {
        source.output(Script.of("rm -f -- \"$1/programs/$2\"", folder(migration), name));
    }

    /**
     * Lets the target read a folder of the source's by rsync.
     *
     * @param source the source
     * @param path absolute; whether it is wise to read it is the caller's business
     */
    public static void allowPath(Server source, String migration, String path) {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected an absolute path, but found '" + path + "'; write the whole path from / on");
        }
        source.output(Script.of(ALLOW, folder(migration), module(path), path));
    }

    /** By what the servers know what belongs to a migration's link: its key, its rule, the answer to its ping. */
    static String mark(String migration) {
        return "godwit " + StateFolder.checked(migration);
    }

    static String checkedAddress(HostSpec host) {
        if (!ADDRESS.matcher(host.address()).matches()) {
            throw FailureType.SPEC_MISMATCH.because("Expected an IP address for " + host.host() + ", but found '"
                    + host.address() + "'; write the address at which the other server reaches it");
        }
        return host.address();
    }

    static String checkedUser(HostSpec host) {
        if (!USER.matcher(host.ssh().user()).matches()) {
            throw FailureType.SPEC_MISMATCH.because("Expected the name of a user on " + host.host() + ", but found '"
                    + host.ssh().user() + "'; write the account that Godwit logs in to");
        }
        return host.ssh().user();
    }

    private static List<String> ssh(String migration, HostSpec source) {
        String folder = folder(migration);
        return List.of(
                "ssh",
                "-F",
                "none",
                "-T",
                "-l",
                checkedUser(source),
                "-p",
                Integer.toString(source.ssh().port()),
                "-i",
                folder + "/id",
                // AES-128-GCM is the fastest cipher where the processor knows AES.
                "-c",
                "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr",
                "-oHostName=" + checkedAddress(source),
                "-oHostKeyAlias=" + SOURCE,
                "-oUserKnownHostsFile=" + folder + "/known_hosts",
                "-oGlobalKnownHostsFile=none",
                "-oStrictHostKeyChecking=yes",
                "-oUpdateHostKeys=no",
                "-oBatchMode=yes",
                "-oIdentitiesOnly=yes",
                "-oIdentityAgent=none",
                "-oPreferredAuthentications=publickey",
                "-oConnectTimeout=15",
                "-oServerAliveInterval=15",
                "-oServerAliveCountMax=3",
                "-oCompression=no",
                "-oLogLevel=ERROR");
    }

    private static String module(String path) {
        return "t" + Sha256.of(path).substring(0, DIGITS);
    }
}
