package dev.godwit.api.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.jackson.ObjectMapperFactory;
import jakarta.inject.Singleton;

/** Lets Micronaut write what {@link GodwitJson} writes, so that API, payloads and spec agree. */
@Factory
final class GodwitJsonMapper {
    /** A copy, because whoever gets it from Micronaut may change it. */
    @Singleton
    @Replaces(value = ObjectMapper.class, factory = ObjectMapperFactory.class)
    ObjectMapper objectMapper() {
        return GodwitJson.mapper().copy();
    }
}
