package dev.godwit.api.http;

import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.json.GodwitJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose request takes too long to arrive. Micronaut's own time-outs look for silence only, and one byte a
 * second is not silent. An answer may take as long as it likes: a stream of events stays open.
 */
final class ReceivingLimit extends ChannelDuplexHandler {
    private final Receiving receiving;
    private @Nullable Future<?> alarm;

    /** Requests that have begun and whose answers have not ended. */
    private int unanswered;

    private boolean answering;
    private boolean decoded;

    ReceivingLimit(Receiving receiving) {
        this.receiving = receiving;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        decoded = true;
        if (message instanceof HttpRequest) {
            unanswered++;
            limit(context, receiving.body(), "body");
        }
        if (message instanceof LastHttpContent) {
            stop();
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Bytes of which the codec made nothing are the beginning of headers.
        if (!decoded && unanswered == 0 && alarm == null) {
            limit(context, receiving.headers(), "headers");
        }
        decoded = false;
        context.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (!interim) {
            answering = !(message instanceof LastHttpContent);
            unanswered -= answering ? 0 : 1;
        }
        super.write(context, message, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stop();
    }

    private void limit(ChannelHandlerContext context, Duration limit, String part) {
        stop();
        alarm = context.executor().schedule(() -> end(context, limit, part), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void end(ChannelHandlerContext context, Duration limit, String part) {
        boolean refusedBefore = part.equals("body") && unanswered == 0;
        if (refusedBefore || answering || unanswered > 1) {
            // There is an answer already, or it is another request's turn.
            var _ = context.close();
        } else {
            context.writeAndFlush(answer(context, limit, part)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** RFC 9110, 15.5.9. */
    private static FullHttpResponse answer(ChannelHandlerContext context, Duration limit, String part) {
        Problem problem = Problem.of(
                ProblemType.REQUEST_TIMED_OUT,
                "Expected the whole " + part + " of the request within " + limit.toSeconds()
                        + " s, but found that more was to come; send it again, faster");
        ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), GodwitJson.write(problem));
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
