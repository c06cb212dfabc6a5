package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.host.Server;
import dev.godwit.activities.proxy.ProxyServer;
import dev.godwit.activities.proxy.ProxySite;
import dev.godwit.activities.proxy.SiteFile;
import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import java.time.Duration;
import java.util.List;

/** nginx. */
public final class NginxServer implements ProxyServer {
    private final NginxProxy proxy;
    private final NginxLayout layout;

    public NginxServer(NginxProxy proxy, NginxLayout layout) {
        this.proxy = proxy;
        this.layout = layout;
    }

    private NginxHost on(Server server) {
        return new NginxHost(server, layout);
    }

    @Override
    public Inspection<ProxyFacts> inspect(Server source, Server target) {
        return new NginxInspection(proxy, source, target, layout).inspect();
    }

    @Override
    public ProxySite parse(Server server, String path, byte[] content) {
        NginxHost host = on(server);
        try {
            return NginxSite.of(Site.read(content, host::included), proxy);
        } catch (Malformed e) {
            throw FailureType.PROXY_CONFIG_INVALID.because("Expected " + path + " on " + host.name()
                    + " in nginx's language, but in " + e.getMessage() + "; correct it");
        }
    }

    @Override
    public void replace(Server server, String path, byte[] content) {
        on(server).replace(path, content);
    }

    @Override
    public void restore(Server server, String path, String kept) {
        on(server).restore(path, kept);
    }

    @Override
    public void reload(Server server, String path) {
        on(server).reload(path);
    }

    @Override
    public void install(Server server, String site, SiteFile from, String made) {
        on(server).install(site, from, made);
    }

    @Override
    public void remove(Server server, List<String> paths) {
        on(server).remove(paths);
    }

    @Override
    public Drained drain(Server server, Duration atMost, Runnable eachSecond) {
        String[] result = on(server)
                .drain((int) Math.min(Integer.MAX_VALUE / 20, atMost.toSeconds()), second -> eachSecond.run())
                .split(" ", 3);
        if (result.length < 3) {
            return new Drained("");
        }
        boolean one = result[1].equals("1");
        return new Drained(result[1] + " old worker" + (one ? "" : "s") + " of nginx with " + result[2]
                + " open sockets (to visitors and to the application) " + (one ? "was" : "were") + " ended");
    }
}
