package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.policy.PriorityLevels;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.state.BoundRange;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Tally;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings records from a subscription's sources into its window. While there is no demand nothing is read, and a backlog costs no memory.
 * With demand the backlog is read up to the end; then the feeds bring what is published, until the window is full.
 *
 * <p>An indexed subscription stays with the feeds, which tell it of all that it wants; what has no place in the window is a reference of
 * a few bits, and is read when it is asked for.
 *
 * <p>With levels of priority the subscription is indexed whatever its bindings are. The window then takes the highest level first, and
 * gives back what is lowest when it is full. Nothing is handed out while a higher level has references, or while what was published
 * before the last turn is not yet known.
 */
final class Intake {
    /** Fewest records to read at a time, and most to take from the feeds while nobody asks for any. */
    private static final int LOW_WATER = 1024;
    /** Of a level whose turn has not come, so many are read so that they end in time. */
    private static final int WATCHED = 32;
    /** Is never changed. */
    private static final BitSet NO_LEVELS = new BitSet(0);

    private final DispatchLoop loop;
    private final SubscriptionLimits limits;
    private final WindowBudget.Share share;
    private final Runnable pump;
    private final Consumer<Source> changes;
    private final PriorityLevels levels;
    private final ReadyWindow window;
    private final Tally tally = new Tally();
    private final Map<SourceId, Source> sources = new LinkedHashMap<>(2);
    private final BacklogReader backlog;
    private final BacklogIndexer indexer;
    /** With levels of priority: those that may have references. */
    private final BitSet behind;
    private boolean indexed;
    private boolean countsBytes;
    /** With levels: all is known that has to be before anything is handed out. */
    private boolean open;
    /** What the feeds bring goes to the window. */
    private boolean live;
    private boolean hasDemand;
    /** The first of each level is to be in the window. */
    private boolean watching;
    /** Some source may have no binding in force. */
    private boolean mayHaveEnded;
    private long nextOrder;
    private long taken;
    private Consumer<Consumer<Entry>> aside = visitor -> { };

    /** Names a source. */
    record SourceId(PartitionKey partition, int number) {
    }

    /**
     * Without sources.
     *
     * @param pump    runs when there may be something to hand out
     * @param changes learns of sources that are not as they were written
     */
    Intake(DispatchLoop loop, PriorityLevels levels, SubscriptionLimits limits, WindowBudget budget, Runnable pump,
            Consumer<Source> changes) {
        share = budget.share();
        this.loop = loop;
        this.levels = levels;
        behind = levels.any() ? new BitSet() : NO_LEVELS;
        indexed = levels.any();
        open = !levels.any();
        window = new ReadyWindow(levels.highest());
        this.limits = limits;
        this.pump = pump;
        this.changes = changes;
        backlog = new BacklogReader(loop, levels.highest(), budget.share(), pump);
        indexer = new BacklogIndexer(loop, pump);
    }

    /** From now on sizes of what waits are known; before there is any source. */
    void countBytes() {
        countsBytes = true;
    }

    PriorityLevels levels() {
        return levels;
    }

    boolean countsBytes() {
        return countsBytes;
    }

    /** How many records are neither settled nor forgotten. */
    long pending() {
        long count = 0;
        for (Source source : sources.values()) {
            count += source.pendingCount();
        }
        return count;
    }

    /** The size of their values, as far as that is known. */
    long pendingBytes() {
        long bytes = 0;
        for (Source source : sources.values()) {
            bytes += source.pendingBytes();
        }
        return bytes;
    }

    /** Whether everything that is published is decided about at once, demand or not. */
    boolean isIndexed() {
        return indexed;
    }

    void setIndexed(boolean now) {
        if (indexed != (now || levels.any())) {
            fallBehind();
            indexed = now;
            sources.values().forEach(Source::indexedChanged);
            backlog.restart(sources.values());
        }
    }

    /** What the subscription counts. */
    Tally tally() {
        return tally;
    }

    ReadyWindow window() {
        return window;
    }

    /** Tells who has entries that are ready and not in the window. */
    void setAside(Consumer<Consumer<Entry>> holder) {
        aside = holder;
    }

    /** Visits what was taken and is ready. */
    void forEachReady(Consumer<Entry> visitor) {
        window.forEach(visitor);
        aside.accept(visitor);
    }

    Collection<Source> sources() {
        return sources.values();
    }

    @Nullable Source find(PartitionKey key, int number) {
        return sources.get(new SourceId(key, number));
    }

    void changed(Source source) {
        changes.accept(source);
    }

    /** Adds a source; {@link #fallBehind} must follow, so that until it has caught up records come by their time. */
    Source add(SourceStart start, PartitionFeed feed) {
        Source source = new Source(this, start, feed);
        sources.put(new SourceId(start.key(), start.number()), source);
        feed.add(source);
        findReferences(source);
        mayHaveEnded |= source.hasEnded();
        return source;
    }

    private void findReferences(Source source) {
        source.forEachLane(lane -> {
            if (levels.any() && lane.pending.count() > 0) {
                behind.set(lane.level);
            }
        });
    }

    /** Removes sources with all that was taken from them and waits; returns those. */
    List<Source> remove(Predicate<Source> condition) {
        List<Source> gone = sources.values().stream().filter(condition).toList();
        if (gone.isEmpty()) {
            return gone;
        }
        gone.forEach(source -> {
            sources.remove(new SourceId(source.key, source.number));
            source.remove();
        });
        window.removeIf(entry -> entry.source.isRemoved());
        if (!live) {
            backlog.restart(sources.values());
        }
        return gone;
    }

    /** A binding has ended, or a source was added that has an end. */
    void bindingEnded() {
        mayHaveEnded = true;
    }

    /** Removes sources whose bindings have ended and which have delivered everything; returns those. */
    List<Source> removeDone() {
        if (!mayHaveEnded) {
            return List.of();
        }
        List<Source> gone = remove(Source::isDone);
        mayHaveEnded = sources.values().stream().anyMatch(Source::hasEnded);
        return gone;
    }

    /** Lets the sources of an indexed subscription learn what was published. To be called before anything is handed out. */
    void advance() {
        boolean known = !indexed || indexer.advance(sources.values());
        open = !levels.any() || known && hasSeenMarks();
    }

    /** Whether all was seen that was published before this was true the last time; if not, the feeds will tell. */
    private boolean hasSeenMarks() {
        boolean seen = true;
        for (Source source : sources.values()) {
            if (source.isLive() && source.feed.position() < Math.min(source.mark, source.feed.limit())) {
                source.feed.tell(this);
                seen = false;
            }
        }
        if (seen) {
            sources.values().forEach(source -> source.mark = source.feed.limit());
        }
        return seen;
    }

    /** Whether the window's first entry is the next one, and no other comes before it. */
    boolean hasNext() {
        return !window.isEmpty() && open && window.topLevel() >= behind.length() - 1;
    }

    /**
     * Reads records into the window as far as {@code demand} asks for it.
     *
     * @param watching whether the first of each level is to be there
     * @return whether there may be more to hand out than before
     */
    boolean refill(long demand, boolean watching) {
        hasDemand = demand > 0;
        this.watching = watching;
        if (live || !open || demand == 0 && !(watching && levels.any())) {
            return false;
        }
        long before = taken;
        boolean hadNext = hasNext();
        int target = (int) Math.min(limits.windowEntries(), Math.max(LOW_WATER, demand));
        boolean caughtUp = levels.any() ? fillLevels(demand > 0 ? target : 0)
            : backlog.fill(this, 0, BacklogReader.CHUNK_RECORDS, () -> hasRoom(target)) == BacklogReader.Outcome.CAUGHT_UP;
        if (caughtUp) {
            live = true;
            sources.values().forEach(source -> {
                if (source.end == BoundRange.OPEN && !indexed) {
                    source.feed.join(source);
                }
            });
        }
        return taken > before || !hadNext && hasNext();
    }

    /** Reads from the highest level that has references on. Returns whether no level has any. */
    private boolean fillLevels(int target) {
        boolean more = target > 0;
        for (int level = behind.length() - 1; level >= 0; level = behind.previousSetBit(level - 1)) {
            int from = level;
            BacklogReader.Outcome outcome = BacklogReader.Outcome.FILLED;
            if (more) {
                outcome = backlog.fill(this, level, BacklogReader.CHUNK_RECORDS, () -> hasRoom(from, target));
            } else if (watching && window.size(level) == 0) {
                outcome = backlog.fill(this, level, WATCHED, () -> hasRoomToWatch(from));
            }
            if (outcome == BacklogReader.Outcome.CAUGHT_UP) {
                behind.clear(level);
            } else if (more && outcome == BacklogReader.Outcome.WAITING) {
                return false;
            } else {
                more = false;
            }
        }
        return behind.isEmpty();
    }

    /** One of each level is there in any case. */
    private boolean hasRoomToWatch(int level) {
        return window.size(level) == 0 || window.size(level) < WATCHED && hasRoom(limits.windowEntries());
    }

    /** Brings what the window holds into the account. */
    void noteHeld() {
        share.hold(window.size(), window.bytes());
    }

    private boolean hasRoom(int target) {
        noteHeld();
        return window.size() < target && window.bytes() < limits.windowBytes() && share.hasRoom();
    }

    /** Whether the window takes more of a level; of one that is not the next, half as much, so that little is given back again. */
    private boolean hasRoom(int level, int target) {
        if (level > window.topLevel()) {
            return true;
        }
        noteHeld();
        int part = level < window.topLevel() ? 2 : 1;
        return share.hasRoom() && window.isBelow(level, target / part, limits.windowBytes() / part);
    }

    /** A feed brings a wanted record. */
    void arrived(Source source, Record record) {
        Lane lane = source.laneOf(record);
        if (live || levels.any() && hasDemand && open && !behind.get(lane.level) && hasRoom(lane.level, limits.windowEntries())) {
            take(lane, record);
        } else {
            source.refer(lane, record);
        }
    }

    /** There is a reference to load. */
    void referred(Lane lane) {
        if (levels.any()) {
            behind.set(lane.level);
        }
        stopTaking();
    }

    private void stopTaking() {
        if (live) {
            live = false;
            backlog.restart(sources.values());
        }
    }

    /** Puts a wanted record into the window. */
    void take(Lane lane, Record record) {
        taken++;
        window.add(lane.source.take(lane, record, nextOrder++));
        while (levels.any() && isOverfull()) {
            Entry lowest = window.pollLastBelow(lane.level, watching);
            if (lowest == null) {
                break;
            }
            lowest.source.unload(lowest);
            lowest.lane.giveBack(lowest.offset);
            referred(lowest.lane);
        }
    }

    private boolean isOverfull() {
        noteHeld();
        return window.size() > limits.windowEntries() || window.bytes() > limits.windowBytes() || !share.hasRoom();
    }

    void pauseWhenFull() {
        if (live && !hasRoom(hasDemand ? limits.windowEntries() : Math.min(LOW_WATER, limits.windowEntries()))) {
            if (indexed) {
                stopTaking();
            } else {
                fallBehind();
            }
        }
    }

    /** Leaves the feeds; what follows is read from the log when there is demand and room. */
    void fallBehind() {
        live = false;
        open = !levels.any();
        sources.values().forEach(Source::stopLive);
        backlog.restart(sources.values());
    }

    /** A feed has brought something. */
    void fed() {
        pump.run();
    }

    /** Takes what has been published up to now, if the feeds are what brings it. */
    void drainFeeds() {
        for (Source source : List.copyOf(sources.values())) {
            if (source.isLive()) {
                source.feed.drain();
            }
        }
    }

    /** Whether all that can be read now is in the window or has been. */
    boolean isCaughtUp() {
        if (!live || !open) {
            return false;
        }
        for (Source source : sources.values()) {
            boolean unknown = source.isLive() ? source.feed.position() < source.feed.limit()
                : source.isIndexed() && source.end == BoundRange.OPEN;
            if (unknown) {
                return false;
            }
        }
        return true;
    }

    /** Gives the window back to the log. Nothing may be outstanding. */
    void unload() {
        if (!indexed) {
            fallBehind();
        }
        live = false;
        hasDemand = false;
        window.drain(entry -> entry.source.unload(entry));
        sources.values().forEach(Source::rewind);
        sources.values().forEach(this::findReferences);
        backlog.restart(sources.values());
    }

    void close() {
        fallBehind();
        window.drain(entry -> { });
        share.hold(0, 0);
        List.copyOf(sources.values()).forEach(Source::remove);
        sources.clear();
        backlog.restart(List.of());
    }

    DispatchLoop loop() {
        return loop;
    }
}
