package dev.godwit.api.migration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.Phase;
import io.micronaut.context.annotation.Factory;
import io.micronaut.core.convert.TypeConverter;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads parameters strictly: what the API's document does not allow is refused. */
@Factory
final class Converters {
    @Singleton
    TypeConverter<CharSequence, IdempotencyKey> idempotencyKey() {
        return by(IdempotencyKey::new);
    }

    @Singleton
    TypeConverter<CharSequence, ServiceName> serviceName() {
        return by(ServiceName::new);
    }

    @Singleton
    TypeConverter<CharSequence, PageSize> pageSize() {
        return by(PageSize::parse);
    }

    @Singleton
    TypeConverter<CharSequence, Cursor> cursor() {
        return by(Cursor::new);
    }

    @Singleton
    TypeConverter<CharSequence, Phase> phase() {
        return by(text -> choice(text, Phase.class));
    }

    @Singleton
    TypeConverter<CharSequence, Outcome> outcome() {
        return by(text -> choice(text, Outcome.class));
    }

    @Singleton
    TypeConverter<CharSequence, HistoryFormat> historyFormat() {
        return by(text -> choice(text, HistoryFormat.class));
    }

    private static <T> TypeConverter<CharSequence, T> by(Function<String, T> reader) {
        return (text, type, context) -> {
            try {
                return Optional.of(reader.apply(text.toString()));
            } catch (IllegalArgumentException e) {
                context.reject(e);
                return Optional.empty();
            }
        };
    }

    /** The value that JSON writes as this text. */
    private static <E extends Enum<E>> E choice(String text, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> word(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Expected one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Converters::word)
                                .collect(Collectors.joining(", "))
                        + ", but found something else"));
    }

    private static String word(Enum<?> value) {
        JsonNode node = GodwitJson.mapper().valueToTree(value);
        return node.asText();
    }
}
