package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.spec.SpecReader.Format;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpecReaderTest {
    @Test
    void shouldReadTheExample() {
        Spec spec = SpecReader.read(resource("shop.yaml"), Format.YAML);
        assertThat(spec.service()).isEqualTo("shop.example.org");
    }

    private static String resource(String name) {
        try (InputStream stream = SpecReaderTest.class.getResourceAsStream("/spec/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
