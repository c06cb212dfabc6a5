package dev.godwit.api.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.Specs;
import dev.godwit.api.TestBeans;
import dev.godwit.api.Waits;
import dev.godwit.workflows.spec.SpecReader;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
@Property(name = "godwit.api.timeouts.poll", value = "50ms")
@Property(name = "godwit.api.timeouts.keep-alive", value = "100ms")
class FeedsTest {
    @Inject
    EmbeddedServer server;

    @Inject
    Starter starter;

    @Inject
    Feeds feeds;

    @Test
    void shouldPollOnceForAllWhoListenAndNotAtAllWhenTheyAreGone() throws Exception {
        MigrationView migration = starter.start(
                new StartBody(SpecReader.read(Specs.yaml("feeds.example.org"), SpecReader.Format.YAML), null, null),
                Authentication.build("alice"),
                null);

        try (HttpClient client = HttpClient.newHttpClient();
                InputStream one = listen(client, migration);
                InputStream two = listen(client, migration)) {
            assertThat(one.read()).isPositive();
            assertThat(two.read()).isPositive();
            assertThat(feeds.polled()).isEqualTo(1);
        }

        assertThat(Waits.until(feeds::polled, polled -> polled == 0)).isZero();
    }

    private InputStream listen(HttpClient client, MigrationView migration) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        server.getURI().resolve("/api/v1/migrations/" + migration.id() + "/events"))
                .header("Authorization", "Bearer " + TestBeans.ALICE)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    }
}
