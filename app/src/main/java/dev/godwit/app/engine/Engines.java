package dev.godwit.app.engine;

import dev.godwit.worker.SecretValues;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses and starts the engine. */
@Singleton
public final class Engines {
    private static final Logger LOG = LoggerFactory.getLogger(Engines.class);
    private static final String WHAT_TO_INSTALL =
            "the program 'temporal' " + TemporalRelease.VERSION + " on the PATH, or pip for python3, or Go";

    private final TemporalConfiguration temporal;
    private final TlsConfiguration tls;
    private final EngineConfiguration own;
    private final SecretValues secrets;

    public Engines(
            TemporalConfiguration temporal, TlsConfiguration tls, EngineConfiguration own, SecretValues secrets) {
        this.temporal = temporal;
        this.tls = tls;
        this.own = own;
        this.secrets = secrets;
    }

    /**
     * The program of an engine of our own, obtained if it has to be.
     *
     * @throws UnavailableException if it can be neither found nor obtained
     */
    public Path program() {
        return new TemporalProgram(own)
                .locate()
                .orElseThrow(() -> new UnavailableException(
                        "Expected the Temporal server, but it is neither installed nor could it be obtained; install "
                                + WHAT_TO_INSTALL + ", and try again"));
    }

    /**
     * The cluster that is configured, else an engine of our own with its state below the data folder.
     *
     * @throws UnavailableException if neither comes up
     */
    public Engine start(Path data) {
        String address = temporal.address();
        if (address != null) {
            return Cluster.connect(address, temporal, tls, secrets);
        }
        Optional<Path> program = new TemporalProgram(own).locate();
        if (program.isPresent()) {
            return DevelopmentServer.start(program.get(), data.resolve("engine"), own, temporal.namespace());
        }
        if (DevelopmentServer.hasState(data.resolve("engine"))) {
            throw new UnavailableException("Expected the Temporal server, because " + data
                    + " holds migrations, but it is neither installed nor could it be obtained; install "
                    + WHAT_TO_INSTALL
                    + ", or set temporal.address, and start again");
        }
        LOG.error(
                "NOTHING SURVIVES A RESTART: the Temporal server is neither installed nor could it be obtained, so"
                        + " migrations live in this process's memory only. Do not move anything real. Install {}, or"
                        + " set temporal.address, and start again.",
                WHAT_TO_INSTALL);
        return InMemoryServer.start();
    }
}
