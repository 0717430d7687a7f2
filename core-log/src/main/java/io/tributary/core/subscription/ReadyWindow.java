package io.tributary.core.subscription;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The records that wait for a consumer, in the order in which the subscription took them; those that came back are in their place. */
final class ReadyWindow {
    private static final int FIRST_CAPACITY = 8;

    private @Nullable ArrayDeque<Entry> fresh;
    /** All of these were taken before any that is fresh. */
    private @Nullable PriorityQueue<Entry> returned;
    private long bytes;

    /** Adds the latest. */
    void add(Entry entry) {
        if (fresh == null) {
            fresh = new ArrayDeque<>(FIRST_CAPACITY);
        }
        fresh.addLast(entry);
        bytes += entry.heldBytes();
    }

    /** Puts one that was polled back in its place. */
    void putBack(Entry entry) {
        if (returned == null) {
            returned = new PriorityQueue<>(FIRST_CAPACITY, Comparator.comparingLong(e -> e.order));
        }
        returned.add(entry);
        bytes += entry.heldBytes();
    }

    @Nullable Entry peek() {
        Entry first = returned == null ? null : returned.peek();
        return first != null || fresh == null ? first : fresh.peekFirst();
    }

    @Nullable Entry poll() {
        Entry first = returned == null ? null : returned.poll();
        if (first == null && fresh != null) {
            first = fresh.pollFirst();
        }
        if (first != null) {
            bytes -= first.heldBytes();
        }
        return first;
    }

    /** An entry's record was read again. */
    void loaded(Entry entry) {
        bytes += entry.heldBytes();
    }

    /** Whether an entry that came back is still here. */
    boolean contains(Entry entry) {
        return returned != null && returned.contains(entry);
    }

    /** Passes all to {@code visitor} and forgets them, with the memory they took. */
    void drain(Consumer<Entry> visitor) {
        for (Entry entry = poll(); entry != null; entry = poll()) {
            visitor.accept(entry);
        }
        fresh = null;
        returned = null;
    }

    void removeIf(Predicate<Entry> condition) {
        if (fresh != null) {
            fresh.removeIf(condition);
        }
        if (returned != null) {
            returned.removeIf(condition);
        }
        bytes = 0;
        forEach(entry -> bytes += entry.heldBytes());
    }

    void forEach(Consumer<Entry> visitor) {
        if (fresh != null) {
            fresh.forEach(visitor);
        }
        if (returned != null) {
            returned.forEach(visitor);
        }
    }

    int size() {
        return (fresh == null ? 0 : fresh.size()) + (returned == null ? 0 : returned.size());
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** The size of the records held. */
    long bytes() {
        return bytes;
    }
}
