package io.tributary.gateway.net;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts one port's connections and refuses those above a limit. Safe on any thread. */
public final class ConnectionLimit {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** At most {@code max} connections at a time. */
    public ConnectionLimit(int max) {
        this.max = max;
    }

    /** Counts the channel until it closes; closes it and returns false when there are too many. */
    public boolean admit(Channel channel) {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            channel.close().addListener(closed -> refused.incrementAndGet());
            return false;
        }
        accepted.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }

    /** Connections let in since the start. */
    public long accepted() {
        return accepted.get();
    }

    /** Connections closed at once since the start, because there were too many. */
    public long refused() {
        return refused.get();
    }
}
