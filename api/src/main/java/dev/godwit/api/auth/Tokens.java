package dev.godwit.api.auth;

import java.util.Optional;

/** Knows whose a token is. */
public interface Tokens {
    /** The name under which a token was made: the actor of what its holder does. Empty if there is no such token. */
    Optional<String> nameOf(String token);
}
