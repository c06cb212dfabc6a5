package dev.godwit.app;

import dev.godwit.api.auth.FolderTokens;
import dev.godwit.workflows.GodwitJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

    /** Whether a name is that of a setting, or of one that is not Godwit's to know. */
    static boolean isKnown(String name) {
        return !OURS.contains(name.split("\\.", 2)[0])
                || all().stream().map(Setting::name).anyMatch(name::equals);
    }

    private static Stream<Setting> in(URL metadata) {
        try (InputStream stream = metadata.openStream()) {
            return GodwitJson.mapper()
                    .readTree(stream)
                    .path("properties")
                    .valueStream()
                    .map(Setting::of)
                    .filter(setting -> OURS.contains(setting.name().split("\\.", 2)[0]))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Setting of(JsonNode property) {
        return new Setting(
                property.path("name").asString(),
                property.path("defaultValue").asString(null),
                property.path("description")
                        .asString("")
                        .replaceAll("\\{@code ([^}]*)\\}", "$1")
                        .replaceAll("\\s+", " "));
    }
}
