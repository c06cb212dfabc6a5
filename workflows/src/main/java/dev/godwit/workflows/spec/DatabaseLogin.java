package dev.godwit.workflows.spec;

/** A superuser's login by password, over TCP on the server's own loopback. */
public record DatabaseLogin(String user, SecretRef password) {}
