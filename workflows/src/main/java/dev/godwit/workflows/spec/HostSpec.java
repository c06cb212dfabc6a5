package dev.godwit.workflows.spec;

/**
 * One of the two servers.
 *
 * @param host the name that people use for it
 * @param address the IP address at which Godwit, the other server and the checks reach it
 */
public record HostSpec(String host, String address, SshLogin ssh) {}
