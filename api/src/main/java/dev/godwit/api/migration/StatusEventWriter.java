package dev.godwit.api.migration;

import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.type.Argument;
import io.micronaut.core.type.MutableHeaders;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.body.MessageBodyWriter;
import io.micronaut.http.codec.CodecException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events (WHATWG HTML, 9.2). Micronaut's own writer gives every event data, which would make a sign of
 * life an event; here it is a comment.
 */
@Singleton
@Order(-20)
@Produces(MediaType.TEXT_EVENT_STREAM)
final class StatusEventWriter implements MessageBodyWriter<StatusEvent> {
    @Override
    public void writeTo(
            Argument<StatusEvent> type,
            MediaType mediaType,
            StatusEvent event,
            MutableHeaders headers,
            OutputStream output) {
        headers.set("Content-Type", MediaType.TEXT_EVENT_STREAM);
        try {
            output.write(text(event).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CodecException("Expected to write an event, but the connection failed", e);
        }
    }

    private static String text(StatusEvent event) {
        return switch (event) {
            case StatusEvent.Changed changed ->
                "id: " + changed.view().revision() + "\nevent: status\ndata: " + GodwitJson.write(changed.view())
                        + "\n\n";
            case StatusEvent.SignOfLife _ -> ": alive\n\n";
        };
    }
}
