package dev.godwit.workflows.spec;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * nginx.
 *
 * @param site the file with the service's server blocks, as nginx includes it
 * @param page the maintenance page, a file on the source; Godwit's own plain page without it
 * @param drain how long requests that are under way when the page goes up may take to finish
 */
public record NginxProxy(
        String site,
        List<String> names,
        Outage outage,
        @Nullable String page,
        Duration drain) implements ProxySpec {
    public NginxProxy {
        names = names == null ? List.of() : List.copyOf(names);
        outage = outage == null ? Outage.PAGE : outage;
        drain = drain == null ? Duration.ofSeconds(10) : drain;
    }
}
