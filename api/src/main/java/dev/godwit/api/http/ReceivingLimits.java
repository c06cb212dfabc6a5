package dev.godwit.api.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import jakarta.inject.Singleton;

/** Puts a {@link ReceivingLimit} into each connection. */
@Singleton
final class ReceivingLimits implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
    private final Receiving receiving;

    ReceivingLimits(Receiving receiving) {
        this.receiving = receiving;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new NettyServerCustomizer() {
            @Override
            public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
                return role == ChannelRole.CONNECTION ? new Connection(channel.pipeline(), receiving) : this;
            }
        });
        return event.getBean();
    }

    private record Connection(ChannelPipeline pipeline, Receiving receiving) implements NettyServerCustomizer {
        @Override
        public void onStreamPipelineBuilt() {
            // Behind the codec, where bytes have become requests. A connection of HTTP/2 has no such codec.
            if (pipeline.get(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC) != null) {
                pipeline.addAfter(
                        ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC, null, new ReceivingLimit(receiving));
            }
        }
    }
}
