package dev.godwit.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.SpecException;
import dev.godwit.workflows.spec.SpecProblem;
import dev.godwit.workflows.spec.SpecReader;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.type.Argument;
import io.micronaut.core.type.Headers;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.body.MessageBodyReader;
import io.micronaut.http.codec.CodecException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads request bodies from JSON and, where a call takes it, from YAML. */
@Singleton
@Order(-20)
@Consumes({MediaType.APPLICATION_JSON, Yaml.MEDIA_TYPE})
final class BodyReader<T extends RequestBody> implements MessageBodyReader<T> {
    private final BodyRules rules = new BodyRules();

    @Override
    public boolean isReadable(Argument<T> type, @Nullable MediaType mediaType) {
        return RequestBody.class.isAssignableFrom(type.getType());
    }

    @Override
    public T read(Argument<T> type, @Nullable MediaType mediaType, Headers headers, InputStream input) {
        SpecReader.Format format = mediaType != null && mediaType.matches(MediaType.of(Yaml.MEDIA_TYPE))
                ? SpecReader.Format.YAML
                : SpecReader.Format.JSON;
        JsonNode body = rules.checked(type.getType(), tree(text(input), format));
        return value(body, type.getType());
    }

    private static <T> T value(JsonNode body, Class<T> type) {
        try {
            return GodwitJson.mapper().treeToValue(body, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected a body that fits its record, because it fits the schema", e);
        }
    }

    private static JsonNode tree(String text, SpecReader.Format format) {
        try {
            return SpecReader.tree(text, format);
        } catch (SpecException e) {
            throw ProblemType.MALFORMED_REQUEST.because(
                    e.problems().stream().map(SpecProblem::message).collect(Collectors.joining("; ")));
        }
    }

    private static String text(InputStream input) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(input.readAllBytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ProblemType.MALFORMED_REQUEST.because(
                    "Expected a body in UTF-8, but found other bytes; send it as UTF-8");
        } catch (IOException e) {
            throw new CodecException("Expected the whole body, but the connection failed", e);
        }
    }
}
