package dev.godwit.workflows.proxy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;

/** The web server that answers for the service on both servers. One record for each kind. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "server")
@JsonSubTypes(@JsonSubTypes.Type(value = NginxProxy.class, name = "nginx"))
public sealed interface ProxySpec permits NginxProxy {
    /** The file that holds the service's site, as the web server includes it. */
    String site();

    /** The host names that the service answers to. */
    List<String> names();

    /** What visitors meet while neither side serves. */
    Outage outage();

    /** How long requests that are under way may take to finish. */
    Duration drain();
}
