package dev.godwit.workflows.server;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.notation.Text;

/**
 * How Godwit logs in to a server.
 *
 * @param key in OpenSSH or PEM form
 */
public record SshLogin(
        @Key(value = "the account; it is root or may do everything by sudo without a password", text = Text.USER)
        String user,

        @Key("the secret with the private key") SecretRef key,

        @Key(value = "the pinned fingerprint of the server's key, as ssh-keygen -lf prints it", text = Text.HOST_KEY)
        String hostKey,

        @Key(value = "the TCP port of sshd", least = 1, most = 65535, standard = "22")
        int port) {
    public SshLogin {
        port = port == 0 ? 22 : port;
    }
}
