package dev.godwit.workflows.spec;

/** A superuser's login by password, over TCP on the server's own loopback. */
public record DatabaseLogin(
        @Key(value = "a superuser of the database server", text = Text.DATABASE_NAME)
        String user,

        @Key("the secret with its password") SecretRef password) {}
