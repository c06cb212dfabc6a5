package dev.godwit.api.http;

import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import io.micronaut.json.JsonStreamConfig;
import io.micronaut.json.tree.JsonNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;

/** Lets Micronaut write what {@link GodwitJson} writes, so that API, payloads and spec agree. */
@Singleton
final class GodwitJsonMapper implements JsonMapper {
    @Override
    public <T> T readValueFromTree(JsonNode tree, Argument<T> type) {
        throw noTrees();
    }

    @Override
    public <T> T readValue(InputStream input, Argument<T> type) throws IOException {
        return readValue(input.readAllBytes(), type);
    }

    @Override
    public <T> T readValue(byte[] bytes, Argument<T> type) throws IOException {
        try {
            return GodwitJson.mapper().readValue(bytes, javaType(type.asType()));
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    @Override
    public JsonNode writeValueToTree(@Nullable Object value) {
        throw noTrees();
    }

    @Override
    public <T> JsonNode writeValueToTree(Argument<T> type, @Nullable T value) {
        throw noTrees();
    }

    @Override
    public void writeValue(OutputStream output, @Nullable Object value) throws IOException {
        output.write(writeValueAsBytes(value));
    }

    @Override
    public <T> void writeValue(OutputStream output, Argument<T> type, @Nullable T value) throws IOException {
        output.write(writeValueAsBytes(value));
    }

    @Override
    public byte[] writeValueAsBytes(@Nullable Object value) throws IOException {
        try {
            return GodwitJson.mapper().writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    @Override
    public <T> byte[] writeValueAsBytes(Argument<T> type, @Nullable T value) throws IOException {
        return writeValueAsBytes(value);
    }

    @Override
    public JsonStreamConfig getStreamConfig() {
        return JsonStreamConfig.DEFAULT;
    }

    private static JavaType javaType(Type type) {
        return GodwitJson.mapper().getTypeFactory().constructType(type);
    }

    private static UnsupportedOperationException noTrees() {
        return new UnsupportedOperationException("Expected whole values, but found one of Micronaut's trees");
    }
}
