package dev.godwit.api.auth;

/**
 * Who makes a call.
 *
 * @param name the name of the token
 */
public record Actor(String name) {
    static final String ATTRIBUTE = "godwit.actor";
}
