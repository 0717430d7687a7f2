package io.tributary.core.subscription;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The records that wait for a consumer: those of a higher level before all others, those of a level in the order in which the subscription
 * took them; what came back is in its place.
 */
final class ReadyWindow {
    private static final int FIRST_CAPACITY = 8;

    private final @Nullable Level[] levels;
    /** The highest that has any; -1 when there is none. */
    private int top = -1;
    private int size;
    private long bytes;

    /**
     * Empty.
     *
     * @param highest the highest level, 0 or more
     */
    ReadyWindow(int highest) {
        levels = new Level[highest + 1];
    }

    /** Those of one level. */
    private static final class Level {
        private @Nullable ArrayDeque<Entry> fresh;
        /** All of these were taken before any that is fresh. */
        private @Nullable PriorityQueue<Entry> returned;
        private long bytes;

        @Nullable Entry peek() {
            Entry first = returned == null ? null : returned.peek();
            return first != null || fresh == null ? first : fresh.peekFirst();
        }

        @Nullable Entry poll() {
            Entry first = returned == null ? null : returned.poll();
            return first != null || fresh == null ? first : fresh.pollFirst();
        }

        @Nullable Entry pollLast(int least) {
            return fresh == null || size() <= least ? null : fresh.pollLast();
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
    }

    private Level of(int number) {
        Level level = levels[number];
        if (level == null) {
            level = new Level();
            levels[number] = level;
        }
        return level;
    }

    /** Adds the latest of its level. */
    void add(Entry entry) {
        Level level = of(entry.lane.level);
        if (level.fresh == null) {
            level.fresh = new ArrayDeque<>(FIRST_CAPACITY);
        }
        level.fresh.addLast(entry);
        added(entry, level);
    }

    /** Puts one that was polled back in its place. */
    void putBack(Entry entry) {
        Level level = of(entry.lane.level);
        if (level.returned == null) {
            level.returned = new PriorityQueue<>(FIRST_CAPACITY, Comparator.comparingLong(e -> e.order));
        }
        level.returned.add(entry);
        added(entry, level);
    }

    private void added(Entry entry, Level level) {
        size++;
        top = Math.max(top, entry.lane.level);
        count(level, entry.heldBytes());
    }

    private void removed(Entry entry, Level level) {
        size--;
        count(level, -entry.heldBytes());
        findTop();
    }

    private void count(Level level, int more) {
        level.bytes += more;
        bytes += more;
    }

    private void findTop() {
        while (top >= 0 && size(top) == 0) {
            top--;
        }
    }

    /** The highest level that has any; -1 when there is none. */
    int topLevel() {
        return top;
    }

    @Nullable Entry peek() {
        return top < 0 ? null : peek(top);
    }

    /** The first of a level. */
    @Nullable Entry peek(int number) {
        Level level = levels[number];
        return level == null ? null : level.peek();
    }

    @Nullable Entry poll() {
        return top < 0 ? null : poll(top);
    }

    /** Takes the first of a level out. */
    @Nullable Entry poll(int number) {
        Level level = levels[number];
        Entry first = level == null ? null : level.poll();
        if (level != null && first != null) {
            removed(first, level);
        }
        return first;
    }

    /**
     * Takes out what was added last of the lowest level that has any added and is below {@code bound}; null when there is none.
     *
     * @param keepFirst whether one of each level is to stay
     */
    @Nullable Entry pollLastBelow(int bound, boolean keepFirst) {
        for (int number = 0; number < bound; number++) {
            Level level = levels[number];
            Entry last = level == null ? null : level.pollLast(keepFirst ? 1 : 0);
            if (level != null && last != null) {
                removed(last, level);
                return last;
            }
        }
        return null;
    }

    /** An entry's record was read again. */
    void loaded(Entry entry) {
        count(of(entry.lane.level), entry.heldBytes());
    }

    /** Whether an entry that came back is still here. */
    boolean contains(Entry entry) {
        Level level = levels[entry.lane.level];
        return level != null && level.returned != null && level.returned.contains(entry);
    }

    /** Passes all to {@code visitor} and forgets them, with the memory they took. */
    void drain(Consumer<Entry> visitor) {
        for (Entry entry = poll(); entry != null; entry = poll()) {
            visitor.accept(entry);
        }
        Arrays.fill(levels, null);
    }

    void removeIf(Predicate<Entry> condition) {
        size = 0;
        bytes = 0;
        for (int number = 0; number < levels.length; number++) {
            Level level = levels[number];
            if (level != null) {
                level.removeIf(condition);
                size += level.size();
                bytes += level.bytes;
            }
        }
        findTop();
    }

    void forEach(Consumer<Entry> visitor) {
        for (Level level : levels) {
            if (level != null) {
                level.forEach(visitor);
            }
        }
    }

    int size() {
        return size;
    }

    /** Of one level. */
    int size(int number) {
        Level level = levels[number];
        return level == null ? 0 : level.size();
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The size of the records held. */
    long bytes() {
        return bytes;
    }

    /** Whether those of this level and above are fewer and smaller than this. */
    boolean isBelow(int number, int entries, long maxBytes) {
        if (size < entries && bytes < maxBytes) {
            return true;
        }
        int count = 0;
        long sum = 0;
        for (int each = number; each <= top; each++) {
            Level level = levels[each];
            if (level != null) {
                count += level.size();
                sum += level.bytes;
            }
        }
        return count < entries && sum < maxBytes;
    }
}
