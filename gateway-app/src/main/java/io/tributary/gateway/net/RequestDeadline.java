package io.tributary.gateway.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time that a request may take to arrive, however its bytes drip in: its head, from the first byte, and then its body. What is
 * late is answered with 408 (RFC 9110 §15.5.9) unless an answer has begun, and the connection is closed. Stands right behind the codec.
 */
final class RequestDeadline extends ChannelDuplexHandler {
    private final Duration head;
    private final Duration body;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean inBody;
    private boolean decodedSomething;
    private boolean answered;

    RequestDeadline(Duration head, Duration body) {
        this.head = head;
        this.body = body;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        decodedSomething = true;
        if (message instanceof HttpMessage) {
            cancel();
            answered = false;
            inBody = true;
            schedule(ctx, body);
        }
        if (message instanceof LastHttpContent) {
            cancel();
            inBody = false;
        }
        ctx.fireChannelRead(message);
    }

    /** The codec says this after each read, also when the bytes made no whole message: then they are part of a head. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!decodedSomething && !inBody && deadline == null) {
            answered = false;
            schedule(ctx, head);
        }
        decodedSomething = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The promise is who asked's.
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse) {
            answered = true;
        }
        ctx.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }

    private void schedule(ChannelHandlerContext ctx, Duration patience) {
        deadline = ctx.executor().schedule(() -> late(ctx), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A connection that does not even close is Netty's to log.
    private void late(ChannelHandlerContext ctx) {
        if (answered) {
            ctx.close();
            return;
        }
        FullHttpResponse timeout = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT);
        timeout.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE).setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        ctx.writeAndFlush(timeout).addListener(ChannelFutureListener.CLOSE);
    }
}
