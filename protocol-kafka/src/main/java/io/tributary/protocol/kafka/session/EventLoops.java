package io.tributary.protocol.kafka.session;

import io.netty.channel.ChannelHandlerContext;

/** Back to where a connection's state may be touched. */
final class EventLoops {
    private EventLoops() {
    }

    /** Runs at once if that is where the caller is. */
    static void run(ChannelHandlerContext ctx, Runnable task) {
        if (ctx.executor().inEventLoop()) {
            task.run();
        } else {
            ctx.executor().execute(task);
        }
    }
}
