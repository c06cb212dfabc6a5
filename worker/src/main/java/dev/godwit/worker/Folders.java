package dev.godwit.worker;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.nio.file.Path;

/**
 * Where Godwit keeps things on its own machine.
 *
 * @param data the one folder with all state
 * @param secrets one file for each secret, named as the secret is
 */
@ConfigurationProperties("godwit")
public record Folders(Path data, Path secrets) {
    public Folders {
        data = data.toAbsolutePath().normalize();
        secrets = secrets.toAbsolutePath().normalize();
    }
}
