package io.tributary.core.subscription;

import io.tributary.core.model.BackOff;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Entries that a consumer gave back and that wait before they return to their place. When as many wait as a window may hold, the one that
 * has waited longest returns early.
 */
final class BackOffs {
    private final BackOff backOff;
    private final SubscriptionLimits limits;
    private final DispatchLoop loop;
    private final Consumer<Entry> over;
    private final Runnable pump;
    private final Set<Entry> waiting = new LinkedHashSet<>();
    private long bytes;

    /**
     * For one subscription.
     *
     * @param over takes an entry whose time has come
     * @param pump runs after that
     */
    BackOffs(BackOff backOff, SubscriptionLimits limits, DispatchLoop loop, Consumer<Entry> over, Runnable pump) {
        this.backOff = backOff;
        this.limits = limits;
        this.loop = loop;
        this.over = over;
        this.pump = pump;
    }

    /** Takes an entry that was outstanding; whoever calls runs the pump. */
    void add(Entry entry) {
        if (waiting.size() >= limits.windowEntries()) {
            Entry longest = waiting.iterator().next();
            remove(longest);
            over.accept(longest);
        }
        if (bytes + entry.heldBytes() > limits.windowBytes()) {
            entry.record = null;
        }
        bytes += entry.heldBytes();
        waiting.add(entry);
        entry.backOffs = this;
        loop.timers().schedule(entry, loop.nanoTime() + backOff.after(entry.deliveries).toNanos());
    }

    /** The entry's time has come. */
    void ended(Entry entry) {
        if (remove(entry)) {
            over.accept(entry);
            pump.run();
        }
    }

    private boolean remove(Entry entry) {
        boolean removed = waiting.remove(entry);
        if (removed) {
            TimerWheel.cancel(entry);
            entry.backOffs = null;
            bytes -= entry.heldBytes();
        }
        return removed;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void forEach(Consumer<Entry> visitor) {
        waiting.forEach(visitor);
    }

    /** Takes out those of removed sources, or all, and passes them to {@code visitor}. */
    void drain(boolean removedOnly, Consumer<Entry> visitor) {
        List<Entry> drained = new ArrayList<>(waiting);
        drained.removeIf(entry -> removedOnly && !entry.source.isRemoved());
        for (Entry entry : drained) {
            remove(entry);
            visitor.accept(entry);
        }
    }
}
