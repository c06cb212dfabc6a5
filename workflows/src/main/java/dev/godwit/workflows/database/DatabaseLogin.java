package dev.godwit.workflows.database;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.notation.Text;

/** A superuser's login by password, over TCP on the server's own loopback. */
public record DatabaseLogin(
        @Key(value = "a superuser of the database server", text = Text.DATABASE_NAME)
        String user,

        @Key("the secret with its password") SecretRef password) {}
