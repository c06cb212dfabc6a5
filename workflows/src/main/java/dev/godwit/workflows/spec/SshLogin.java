package dev.godwit.workflows.spec;

/**
 * How Godwit logs in to a server.
 *
 * @param user the account; it must be root or be allowed everything by sudo without a password
 * @param key the private key in OpenSSH or PEM form
 * @param hostKey the pinned fingerprint of the server's key, {@code SHA256:…} as {@code ssh-keygen -lf} prints it
 * @param port the TCP port of sshd
 */
public record SshLogin(String user, SecretRef key, String hostKey, int port) {
    public SshLogin {
        port = port == 0 ? 22 : port;
    }
}
