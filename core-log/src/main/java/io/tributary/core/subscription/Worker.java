package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.subscription.loop.DispatchLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One loop, and the partitions that its subscriptions read. */
final class Worker implements AutoCloseable {
    private final DispatchLoop loop;
    /** Changed by the loop; read by any thread. */
    private final ConcurrentHashMap<PartitionKey, PartitionFeed> feeds = new ConcurrentHashMap<>();

    Worker(String name, LongSupplier clock) {
        loop = new DispatchLoop(name, clock);
    }

    DispatchLoop loop() {
        return loop;
    }

    /** The feed of this partition, made if there is none. */
    PartitionFeed feed(PartitionKey key, Partition partition) {
        return feeds.computeIfAbsent(key, absent -> new PartitionFeed(this, key, partition));
    }

    /** On any thread. */
    @Nullable PartitionFeed findFeed(PartitionKey key) {
        return feeds.get(key);
    }

    void forget(PartitionFeed feed) {
        feeds.remove(feed.key(), feed);
    }

    void halt() {
        loop.halt();
    }

    @Override
    public void close() {
        loop.close();
    }
}
