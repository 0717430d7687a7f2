package io.tributary.core.subscription;

import io.tributary.core.api.Settlement;
import io.tributary.core.model.BackOff;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.stats.Counter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of entries that are no longer outstanding, and keeps those that are ready and not in the window. */
final class Returns {
    private final Ends ends;
    private final @Nullable KeyLocks keys;
    /** Null where entries that are given back do not wait. */
    private final @Nullable BackOffs backOffs;

    /**
     * For one subscription.
     *
     * @param keys null where records of one key may be with several consumers
     * @param pump runs when an entry has come back by itself
     */
    Returns(@Nullable BackOff backOff, DispatchLoop loop, SubscriptionLimits limits, Ends ends, @Nullable KeyLocks keys, Runnable pump) {
        this.ends = ends;
        this.keys = keys;
        backOffs = backOff == null ? null : new BackOffs(backOff, limits, loop, this::waited, pump);
    }

    /** A consumer has settled the entry. */
    void settle(Entry entry, Settlement settlement) {
        switch (settlement) {
            case ACK -> {
                unlock(entry);
                entry.settled(Counter.ACKNOWLEDGED);
            }
            case REJECT -> {
                unlock(entry);
                ends.end(entry, DeadLetterReason.REJECTED);
            }
            case RELEASE -> {
                entry.deliveries--;
                returned(entry);
            }
            case REQUEUE -> {
                if (backOffs == null || ends.isWornOut(entry)) {
                    takeBack(entry);
                } else {
                    entry.redelivered = true;
                    await(entry, backOffs);
                }
            }
        }
    }

    /** The entry is to be delivered again at once. */
    void takeBack(Entry entry) {
        entry.redelivered = true;
        if (ends.isWornOut(entry)) {
            unlock(entry);
            ends.end(entry, DeadLetterReason.DELIVERY_LIMIT);
        } else {
            returned(entry);
        }
    }

    /** An entry that was handed over, and never outstanding, comes back. */
    void comeBack(Entry entry) {
        entry.redelivered = true;
        if (ends.isWornOut(entry)) {
            left(entry);
            ends.end(entry, DeadLetterReason.DELIVERY_LIMIT);
        } else {
            putBack(entry);
        }
    }

    /** An outstanding entry will not be delivered again. */
    void unlock(Entry entry) {
        if (keys != null) {
            keys.settled(entry);
        }
    }

    /** An entry has left the window, and is not outstanding. */
    void left(Entry entry) {
        if (keys != null) {
            keys.left(entry);
        }
    }

    private void returned(Entry entry) {
        if (keys != null) {
            keys.returned(entry);
        }
        putBack(entry);
    }

    private void await(Entry entry, BackOffs waits) {
        if (keys != null) {
            keys.waits(entry);
        }
        entry.source.touch();
        waits.add(entry);
    }

    private void waited(Entry entry) {
        if (keys != null) {
            keys.waited(entry);
        }
        putBack(entry);
    }

    private void putBack(Entry entry) {
        if (!entry.source.isRemoved()) {
            entry.source.touch();
            entry.source.portion.window().putBack(entry);
        }
    }

    /** Whether entries wait after having been given back. */
    boolean hasWaiting() {
        return backOffs != null && !backOffs.isEmpty();
    }

    /** Visits what is ready and not in the window. */
    void forEachAside(Consumer<Entry> visitor) {
        if (keys != null) {
            keys.forEach(visitor);
        }
        if (backOffs != null) {
            backOffs.forEach(visitor);
        }
    }

    /** Forgets what is ready and not in the window, and passes it to {@code visitor}. The window is emptied at the same time. */
    void drainAside(Consumer<Entry> visitor) {
        if (keys != null) {
            keys.drain(visitor);
        }
        if (backOffs != null) {
            backOffs.drain(false, entry -> {
                dropWaiting(entry);
                visitor.accept(entry);
            });
        }
    }

    /** Forgets what there is of removed sources; the window and the consumers have none of it any more. */
    void forgetRemoved() {
        DeadLetters letters = ends.letters();
        if (letters != null) {
            letters.forgetRemoved();
        }
        if (backOffs != null) {
            backOffs.drain(true, this::dropWaiting);
        }
        if (keys != null) {
            keys.forgetRemoved();
        }
    }

    private void dropWaiting(Entry entry) {
        if (keys != null) {
            keys.waited(entry);
            keys.left(entry);
        }
    }
}
