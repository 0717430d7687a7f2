package io.tributary.gateway.net;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts one protocol's connections, all and those of each address, and refuses those above the limits. Safe on any thread. */
public final class ConnectionLimit {
    private final int max;
    private final int maxOfAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong refusedByAddress = new AtomicLong();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    /** At most {@code max} connections at a time, and of one address {@code maxOfAddress}. */
    public ConnectionLimit(int max, int maxOfAddress) {
        this.max = max;
        this.maxOfAddress = maxOfAddress;
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

    /** Counts an admitted channel for the address that it comes from; closes it and returns false when that has too many. */
    public boolean admit(Channel channel, InetAddress address) {
        if (byAddress.merge(address, 1, Integer::sum) > maxOfAddress) {
            leave(address);
            channel.close().addListener(closed -> refusedByAddress.incrementAndGet());
            return false;
        }
        channel.closeFuture().addListener(closed -> leave(address));
        return true;
    }

    private void leave(InetAddress address) {
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }

    /** Connections let in since the start, those that their address had too many of included. */
    public long accepted() {
        return accepted.get();
    }

    /** Connections closed at once since the start, because there were too many. */
    public long refused() {
        return refused.get();
    }

    /** Connections closed at once since the start, because there were too many of their address. */
    public long refusedByAddress() {
        return refusedByAddress.get();
    }
}
