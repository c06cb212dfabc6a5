package dev.godwit.workflows.proxy;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** nginx. */
public record NginxProxy(
        @Key(value = "the file with the service's server blocks, as nginx includes it", text = Text.PATH)
        String site,

        @Key(value = "the host names that the service answers to", text = Text.HOST_NAME, least = 1)
        List<String> names,

        @Key(value = "what visitors meet while neither side serves", standard = "\"page\"")
        Outage outage,

        @Key(value = "the maintenance page, a file on the source; Godwit's own plain page without it", text = Text.PATH)
        @Nullable
        String page,

        @Key(
                value = "how long requests that are under way when the page goes up may take to finish",
                text = Text.DRAIN_TIME,
                standard = "\"10s\"")
        Duration drain)
        implements ProxySpec {
    public NginxProxy {
        names = names == null ? List.of() : List.copyOf(names);
        outage = outage == null ? Outage.PAGE : outage;
        drain = drain == null ? Duration.ofSeconds(10) : drain;
    }
}
