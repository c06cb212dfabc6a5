package dev.godwit.workflows.spec;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Documents of the tests. */
final class Specs {
    private Specs() {}

    /** A document that uses every key. */
    static ObjectNode shop() {
        return (ObjectNode) GodwitJson.read(resource("shop.json"));
    }

    /** The same document with another value at one place; null removes what is there. */
    static ObjectNode shop(String path, JsonNode value) {
        ObjectNode document = shop();
        JsonPointer pointer = JsonPointer.compile(path);
        JsonNode parent = document.at(pointer.head());
        if (parent instanceof ArrayNode array) {
            int index = pointer.last().getMatchingIndex();
            if (index < array.size()) {
                array.set(index, value);
            } else {
                array.add(value);
            }
        } else if (parent instanceof ObjectNode object) {
            object.set(pointer.last().getMatchingProperty(), value);
        } else {
            throw new IllegalArgumentException("Expected a parent at " + path + ", but found " + parent);
        }
        return document;
    }

    static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(Specs.class.getResourceAsStream("/spec/" + name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
