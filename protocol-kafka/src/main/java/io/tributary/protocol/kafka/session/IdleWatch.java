package io.tributary.protocol.kafka.session;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Ends a connection that does nothing for as long as it may. Looks now and then; no timer is set on the way of a request. */
final class IdleWatch {
    private final ChannelHandlerContext ctx;
    private final long lookEveryNanos;
    private final Supplier<Duration> limit;
    private final Runnable onExpired;
    private long lastActivity;
    private @Nullable ScheduledFuture<?> nextLook;

    /**
     * Begins to watch.
     *
     * @param shortest the shortest limit there can be
     * @param limit    the one that holds at the time of the call
     */
    IdleWatch(ChannelHandlerContext ctx, Duration shortest, Supplier<Duration> limit, Runnable onExpired) {
        this.ctx = ctx;
        this.lookEveryNanos = Math.max(1, shortest.toNanos() / 2);
        this.limit = limit;
        this.onExpired = onExpired;
        this.lastActivity = now();
        scheduleLook();
    }

    void touch() {
        lastActivity = now();
    }

    void stop() {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
    }

    private void scheduleLook() {
        nextLook = ctx.executor().schedule(this::look, lookEveryNanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (now() - lastActivity >= limit.get().toNanos()) {
            onExpired.run();
        } else {
            scheduleLook();
        }
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }
}
