package dev.godwit.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.auth.FolderTokens;
import dev.godwit.workflows.Closest;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of Godwit's own settings. Nearly all are components of a record marked
 * {@link io.micronaut.context.annotation.ConfigurationProperties}, and Micronaut's compiler writes them down.
 *
 * @param standard its value where nothing else is said; null for none
 */
record Setting(String name, @Nullable String standard, String meaning) {
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final Set<String> OURS = Set.of("godwit", "temporal", "checks");

    private static final List<Setting> OF_FILES = List.of(
            new Setting(
                    FolderTokens.PROPERTY,
                    "godwit.data/tokens",
                    "one file for each token of the API, named as its owner is"),
            new Setting("godwit.cache", "~/.cache/godwit", "what was obtained once"));

    /** All of them, by name. */
    static List<Setting> all() {
        try {
            return Stream.concat(
                            OF_FILES.stream(),
                            Collections.list(Setting.class.getClassLoader().getResources(METADATA)).stream()
                                    .flatMap(Setting::in))
                    .sorted(Comparator.comparing(Setting::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with a name: empty if it is a setting's, or one that is not Godwit's to know. */
    static Optional<String> problem(String name) {
        List<String> names = all().stream().map(Setting::name).toList();
        Optional<String> meant = Closest.to(name, names);
        return names.contains(name) || (!isOurs(name) && meant.isEmpty())
                ? Optional.empty()
                : Optional.of("Expected the name of a setting, but found '" + name + "'; "
                        + meant.map(near -> "did you mean '" + near + "'? ").orElse("")
                        + "'up --settings' lists them");
    }

    private static boolean isOurs(String name) {
        return OURS.contains(name.split("\\.", 2)[0]);
    }

    private static Stream<Setting> in(URL metadata) {
        try (InputStream stream = metadata.openStream()) {
            return GodwitJson.mapper()
                    .readTree(stream)
                    .path("properties")
                    .valueStream()
                    .map(Setting::of)
                    .filter(setting -> isOurs(setting.name()))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Setting of(JsonNode property) {
        return new Setting(
                property.path("name").asText(),
                property.path("defaultValue").asText(null),
                property.path("description")
                        .asText("")
                        .replaceAll("\\{@code ([^}]*)\\}", "$1")
                        .replaceAll("\\s+", " "));
    }
}
