package dev.godwit.api.http;

/** The media type of YAML (RFC 9512). */
public final class Yaml {
    public static final String MEDIA_TYPE = "application/yaml";

    private Yaml() {}
}
