package dev.godwit.workflows.proxy;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import org.jspecify.annotations.Nullable;

/** Changes the service's site in a proxy. */
public sealed interface SiteStep extends Action {
    @Override
    Side on();

    ProxySpec proxy();

    @Override
    default Patience patience() {
        return Patience.SWITCH;
    }

    @Override
    default BeforeImage look(Call call) {
        return call.to(ProxyRouting.class).lookAtSite(call.look(this));
    }

    @Override
    default Outcome takeBack(Call call) {
        return call.to(ProxyRouting.class).restoreSite(call.undo(this));
    }

    @Override
    default boolean putsBack(Step newer) {
        return newer instanceof SiteStep && newer.on() == on();
    }

    /** Puts the site's proxy configuration on the target, unless it has one. */
    record InstallSite(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "install the proxy's site for " + Words.list(proxy.names()) + " on the target unless it is there,"
                    + " test the configuration and reload";
        }

        @Override
        public String undo() {
            return "remove the site from the target and reload";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ProxyRouting.class).installSite(call.act(this));
        }
    }

    /** The old proxy answers every request with the maintenance page. The outage begins. */
    record ServePage(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "serve the maintenance page for " + Words.list(proxy.names()) + " and prove it by its answer;"
                    + " the outage begins";
        }

        @Override
        public String undo() {
            return "put the site's configuration back, byte for byte, and reload; the outage ends";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public Effect effect() {
            return Effect.PAGE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ProxyRouting.class).servePage(call.act(this));
        }
    }

    /** Waits until the requests that were under way when the page went up are answered. */
    record DrainRequests(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "let the requests that are under way finish";
        }

        @Override
        public @Nullable String undo() {
            return null;
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Patience patience() {
            return Patience.DRAIN;
        }

        @Override
        public BeforeImage look(Call call) {
            return BeforeImage.NOTHING;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ProxyRouting.class).drainRequests(call.act(this));
        }
    }

    /**
     * The pivot: the old proxy forwards every request to the target, proved by a nonce and the address of the server
     * behind it. The outage ends.
     */
    record ForwardRequests(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "let the old proxy forward " + Words.list(proxy.names())
                    + " to the target and prove it by what comes back; the outage ends";
        }

        @Override
        public String undo() {
            return "serve the maintenance page again";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public Effect effect() {
            return Effect.PIVOT;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ProxyRouting.class).forwardRequests(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(ProxyRouting.class).stopForwarding(call.undo(this));
        }
    }
}
