package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the records of a key are with one consumer at a time, in order. While any of a key is outstanding, or waits after having
 * been given back, what follows of it goes to the same consumer or is put aside, so that other keys go on. What is aside of a key comes
 * back one by one: when the entry before it is delivered or gone, when the key's consumer takes more, or when nobody has the key any
 * more. So where something is aside, another entry of the key is in the window or waits, or its consumer knows that it is blocked.
 */
final class KeyLocks {
    private final Intake intake;
    private final int maxEntries;
    private final long maxBytes;
    private final Map<ByteBuffer, Lock> locks = new HashMap<>();
    private int stashed;
    private long stashedBytes;

    KeyLocks(Intake intake, SubscriptionLimits limits) {
        this.intake = intake;
        maxEntries = limits.windowEntries();
        maxBytes = limits.windowBytes();
    }

    /** One key of which something is outstanding, waiting or aside. */
    static final class Lock {
        private final ByteBuffer key;
        private final PriorityQueue<Entry> stash = new PriorityQueue<>(2, Comparator.comparingLong(entry -> entry.order));
        private @Nullable QueueConsumer owner;
        private int outstanding;
        /** Given back, and not to be delivered yet. */
        private int waiting;
        /** In the window, after having been outstanding or aside. */
        private int inWindow;

        private Lock(ByteBuffer key) {
            this.key = key;
        }

        private boolean isFree() {
            return outstanding == 0 && waiting == 0;
        }

        /** Whether an entry of it may be delivered: to its owner if that reads it, or without one to the consumer whose turn it is. */
        private boolean isFor(Entry entry, QueueConsumer consumer) {
            return waiting == 0 && (owner == null || owner == consumer || owner.inRound && owner.reads(entry.source));
        }

        private boolean isNext(Entry entry) {
            Entry lowest = stash.peek();
            return lowest == null || lowest.order > entry.order;
        }
    }

    /** What is to be done with the window's first entry. */
    enum Decision {
        /** It goes to the consumer whose turn it is. */
        TAKE,
        /** It goes to the consumer that {@link #owner} tells. */
        OWNER,
        /** {@link #stash} is to put it aside. */
        STASH,
        /** So much is aside already that nothing more can be. */
        BLOCKED
    }

    /** Decides about the window's first entry; it is the consumer's turn. */
    Decision decide(Entry head, Record record, QueueConsumer consumer) {
        Lock lock = lockOf(head, record);
        if (lock == null) {
            return Decision.TAKE;
        }
        boolean deliverable = lock.isFor(head, consumer);
        if (deliverable && lock.isNext(head)) {
            QueueConsumer owner = lock.owner;
            return owner == null || owner == consumer ? Decision.TAKE : Decision.OWNER;
        }
        boolean fresh = head.lock == null && head.deliveries == 0;
        return fresh && !deliverable && stashed >= maxEntries ? Decision.BLOCKED : Decision.STASH;
    }

    /** The consumer that has the entry's key. */
    QueueConsumer owner(Entry head, Record record) {
        Lock lock = lockOf(head, record);
        if (lock == null || lock.owner == null) {
            throw new IllegalStateException("nobody has the key");
        }
        return lock.owner;
    }

    private @Nullable Lock lockOf(Entry entry, Record record) {
        byte[] key = record.key();
        return entry.lock != null || key == null ? entry.lock : locks.get(ByteBuffer.wrap(key));
    }

    /** Puts an entry aside that was taken out of the window in the consumer's turn; an earlier one may take its place there. */
    void stash(Entry entry, Record record, QueueConsumer consumer) {
        Lock lock = lockOf(entry, record);
        if (lock == null) {
            throw new IllegalStateException("an entry without a lock need not be put aside");
        }
        if (entry.lock != null) {
            lock.inWindow--;
        }
        boolean next = lock.isNext(entry);
        entry.lock = lock;
        if (stashedBytes + entry.heldBytes() > maxBytes) {
            entry.record = null;
        }
        lock.stash.add(entry);
        stashed++;
        stashedBytes += entry.heldBytes();
        if (!next && lock.isFor(entry, consumer)) {
            unstash(lock);
        } else if (lock.owner != null) {
            lock.owner.blocked.add(lock);
        }
    }

    private void unstash(Lock lock) {
        Entry entry = lock.stash.poll();
        if (entry != null) {
            stashed--;
            stashedBytes -= entry.heldBytes();
            lock.inWindow++;
            entry.source.portion.window().putBack(entry);
        }
    }

    /**
     * An entry is outstanding with a consumer from now on.
     *
     * @param takesMore whether the consumer takes another one at once
     */
    void delivered(Entry entry, Record record, QueueConsumer consumer, boolean takesMore) {
        byte[] key = record.key();
        if (key == null) {
            return;
        }
        Lock lock = entry.lock;
        if (lock == null) {
            lock = locks.computeIfAbsent(ByteBuffer.wrap(key), Lock::new);
            entry.lock = lock;
        } else {
            lock.inWindow--;
        }
        lock.owner = consumer;
        lock.outstanding++;
        if (!lock.stash.isEmpty()) {
            if (takesMore) {
                unstash(lock);
            } else {
                consumer.blocked.add(lock);
            }
        }
    }

    /** An outstanding entry was settled for good. */
    void settled(Entry entry) {
        Lock lock = entry.lock;
        if (lock != null) {
            entry.lock = null;
            lock.outstanding--;
            freed(lock);
        }
    }

    /** An outstanding entry goes back into the window. */
    void returned(Entry entry) {
        Lock lock = entry.lock;
        if (lock != null) {
            lock.outstanding--;
            lock.inWindow++;
            disown(lock);
        }
    }

    /** An outstanding entry waits before it goes back into the window. */
    void waits(Entry entry) {
        Lock lock = entry.lock;
        if (lock != null) {
            lock.outstanding--;
            lock.waiting++;
            disown(lock);
        }
    }

    /** An entry that waited goes back into the window, or is to leave as if it came from there. */
    void waited(Entry entry) {
        if (entry.lock != null) {
            entry.lock.waiting--;
            entry.lock.inWindow++;
        }
    }

    /** An entry has left the window without being outstanding now. */
    void left(Entry entry) {
        Lock lock = entry.lock;
        if (lock != null) {
            entry.lock = null;
            lock.inWindow--;
            freed(lock);
        }
    }

    private void freed(Lock lock) {
        disown(lock);
        if (lock.waiting > 0 || lock.inWindow > 0) {
            return;
        }
        QueueConsumer owner = lock.owner;
        if (lock.stash.isEmpty()) {
            if (lock.isFree()) {
                locks.remove(lock.key, lock);
            }
        } else if (owner == null || owner.inRound) {
            unstash(lock);
        } else {
            owner.blocked.add(lock);
        }
    }

    private static void disown(Lock lock) {
        if (lock.outstanding == 0 && lock.owner != null) {
            lock.owner.blocked.remove(lock);
            lock.owner = null;
        }
    }

    /** The consumer takes up to {@code count} more: brings back what is aside for it. */
    void wake(QueueConsumer consumer, long count) {
        Iterator<Lock> blocked = consumer.blocked.iterator();
        for (long i = 0; i < count && blocked.hasNext();) {
            Lock lock = blocked.next();
            if (lock.waiting == 0) {
                blocked.remove();
                unstash(lock);
                i++;
            }
        }
    }

    void forEach(Consumer<Entry> visitor) {
        if (stashed > 0) {
            locks.values().forEach(lock -> lock.stash.forEach(visitor));
        }
    }

    /** Forgets what is aside, and passes it to {@code visitor}. The window is emptied at the same time. */
    void drain(Consumer<Entry> visitor) {
        for (Lock lock : List.copyOf(locks.values())) {
            lock.stash.forEach(visitor);
            lock.stash.clear();
            lock.inWindow = 0;
            if (lock.isFree()) {
                locks.remove(lock.key, lock);
            }
        }
        stashed = 0;
        stashedBytes = 0;
    }

    /** Sources were removed, with what was in the window of them: forgets the rest. */
    void forgetRemoved() {
        stashed = 0;
        stashedBytes = 0;
        for (Lock lock : locks.values()) {
            lock.inWindow = 0;
            lock.stash.removeIf(entry -> entry.source.isRemoved());
            for (Entry entry : lock.stash) {
                stashed++;
                stashedBytes += entry.heldBytes();
            }
        }
        intake.forEachInWindow(entry -> {
            if (entry.lock != null) {
                entry.lock.inWindow++;
            }
        });
        List.copyOf(locks.values()).forEach(this::freed);
    }
}
