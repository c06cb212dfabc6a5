package dev.godwit.api.problem;

import java.net.URI;
import java.util.Locale;

/** Every kind of problem that the API answers with. The names are part of the API: clients tell problems apart by them. */
public enum ProblemType {
    MALFORMED_REQUEST(400, "The request cannot be read"),
    INVALID_PARAMETER(400, "A parameter is unknown, or has a value that it cannot have"),
    UNAUTHENTICATED(401, "A valid token is needed"),
    NOTHING_HERE(404, "There is nothing at this address"),
    UNKNOWN_MIGRATION(404, "There is no such migration"),
    METHOD_NOT_ALLOWED(405, "The address does not take this method"),
    NOT_ACCEPTABLE(406, "The answer does not exist in an accepted media type"),
    REQUEST_TIMED_OUT(408, "The request did not arrive in time"),
    SERVICE_ALREADY_MOVING(409, "The service is already moving"),
    PLAN_CHANGED(409, "The plan is not the one that was reviewed"),
    CALL_DOES_NOT_FIT(409, "The call does not fit the state of the migration"),
    LOSES_WRITES(409, "The rollback would lose writes"),
    NOT_ENDED(409, "The migration has not ended"),
    BODY_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body has a media type that is not understood"),
    INVALID_BODY(422, "The body is not valid"),
    IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for another request"),
    REQUEST_REFUSED(400, "The request is refused"),
    UNEXPECTED(500, "Something unexpected happened"),
    PREFLIGHT_FAILED(502, "The preflight could not be completed"),
    ENGINE_UNAVAILABLE(503, "The engine does not answer"),
    NO_WORKER(503, "No worker answers"),
    TIMED_OUT(504, "The answer did not come in time");

    private static final String PREFIX = "urn:godwit:problem:";

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What kind of problem it is, in a sentence. */
    public String title() {
        return title;
    }

    /** The identifier that RFC 9457 calls type. */
    public URI uri() {
        return URI.create(PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** The problem with its details. */
    public ProblemException because(String detail) {
        return new ProblemException(Problem.of(this, detail));
    }
}
