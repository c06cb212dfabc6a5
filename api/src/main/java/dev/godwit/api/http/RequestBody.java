package dev.godwit.api.http;

import dev.godwit.api.openapi.Schemas;

/**
 * The body of a request. It is read strictly: what its JSON Schema, which the API's document shows, does not allow is
 * refused with everything that is wrong with it.
 */
public interface RequestBody extends Schemas.Strict {
    /** A body around a spec; the spec alone is understood too. */
    interface WithSpec extends RequestBody, Schemas.AroundSpec {}
}
