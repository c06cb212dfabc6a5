package dev.godwit.api.openapi;

import dev.godwit.api.problem.ProblemType;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Properties;

/** The page on which people read and try the API: Swagger UI, served from here, with nothing from anywhere else. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class DocsController {
    private static final String POLICY =
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <title>Godwit API</title>
              <link rel="stylesheet" href="/docs/swagger-ui.css">
              <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
            </head>
            <body>
              <div id="api"></div>
              <script src="/docs/swagger-ui-bundle.js"></script>
              <script src="/docs/start.js"></script>
            </body>
            </html>
            """;
    private static final String START = """
            window.onload = () => SwaggerUIBundle({
              url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null
            });
            """;
    private static final Map<String, String> FILES = Map.of(
            "swagger-ui.css", "text/css",
            "swagger-ui-bundle.js", "text/javascript",
            "favicon-32x32.png", "image/png");

    private final String folder = "META-INF/resources/webjars/swagger-ui/" + version() + "/";

    @Get
    @Secured(SecurityRule.IS_ANONYMOUS)
    HttpResponse<?> root() {
        return HttpResponse.seeOther(URI.create("/docs"));
    }

    @Get("/docs")
    @Secured(SecurityRule.IS_ANONYMOUS)
    HttpResponse<String> page() {
        return secured(HttpResponse.ok(PAGE)).contentType(MediaType.TEXT_HTML);
    }

    @Get("/docs/start.js")
    @Secured(SecurityRule.IS_ANONYMOUS)
    HttpResponse<String> start() {
        return secured(HttpResponse.ok(START)).contentType("text/javascript");
    }

    @Get("/docs/{file}")
    @Secured(SecurityRule.IS_ANONYMOUS)
    HttpResponse<byte[]> file(@PathVariable String file) {
        String type = FILES.get(file);
        if (type == null) {
            throw ProblemType.NOTHING_HERE.because("Expected a file of the page at /docs, but found another name");
        }
        return secured(HttpResponse.ok(bytes(folder + file))).contentType(type);
    }

    private static <T> MutableHttpResponse<T> secured(MutableHttpResponse<T> response) {
        return response.header("Content-Security-Policy", POLICY);
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream file = open("META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            properties.load(file);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String resource) {
        try (InputStream file = open(resource)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        InputStream file = DocsController.class.getClassLoader().getResourceAsStream(resource);
        if (file == null) {
            throw new IllegalStateException("Expected " + resource + " on the class path, but found none");
        }
        return file;
    }
}
