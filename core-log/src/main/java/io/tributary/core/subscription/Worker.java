package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.subscription.loop.Clocks;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.state.PartitionKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One loop, and the partitions that its subscriptions read. */
final class Worker implements AutoCloseable {
    private final DispatchLoop loop;
    private final LongSupplier wallMillis;
    /** Changed by the loop; read by any thread. */
    private final ConcurrentHashMap<PartitionKey, PartitionFeed> feeds = new ConcurrentHashMap<>();

    private final WindowBudget budget;

    /**
     * Starts its loop.
     *
     * @param budget bytes that its subscriptions may hold together
     */
    Worker(String name, Clocks clocks, long budget) {
        this.budget = new WindowBudget(budget);
        loop = new DispatchLoop(name, clocks.nanos());
        wallMillis = clocks.millis();
    }

    WindowBudget budget() {
        return budget;
    }

    DispatchLoop loop() {
        return loop;
    }

    /** Milliseconds since the epoch. */
    LongSupplier wallMillis() {
        return wallMillis;
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
