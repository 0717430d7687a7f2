package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.state.BoundRange;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Tally;
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
 */
final class Intake {
    /** Fewest records to read at a time, and most to take from the feeds while nobody asks for any. */
    private static final int LOW_WATER = 1024;

    private final DispatchLoop loop;
    private final SubscriptionLimits limits;
    private final WindowBudget.Share share;
    private final Runnable pump;
    private final Consumer<Source> changes;
    private final ReadyWindow window = new ReadyWindow();
    private final Tally tally = new Tally();
    private final Map<SourceId, Source> sources = new LinkedHashMap<>(2);
    private final BacklogReader backlog;
    private final BacklogIndexer indexer;
    private boolean indexed;
    private boolean countsBytes;
    /** What the feeds bring goes to the window. */
    private boolean live;
    private boolean hasDemand;
    /** Some source may have no binding in force. */
    private boolean mayHaveEnded;
    private long nextOrder;
    private Consumer<Consumer<Entry>> aside = visitor -> { };

    /** Names a source. */
    record SourceId(PartitionKey partition, int number) {
    }

    Intake(DispatchLoop loop, SubscriptionLimits limits, WindowBudget budget, Runnable pump, Consumer<Source> changes) {
        this.loop = loop;
        this.limits = limits;
        share = budget.share();
        this.pump = pump;
        this.changes = changes;
        backlog = new BacklogReader(loop, budget.share(), pump);
        indexer = new BacklogIndexer(loop, pump);
    }

    /** From now on sizes of what waits are known; before there is any source. */
    void countBytes() {
        countsBytes = true;
    }

    boolean countsBytes() {
        return countsBytes;
    }

    /** How many records are neither settled nor forgotten. */
    long pending() {
        long count = 0;
        for (Source source : sources.values()) {
            count += source.pending.count();
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
        if (indexed != now) {
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
        mayHaveEnded |= source.hasEnded();
        return source;
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

    /**
     * Reads records into the window as far as {@code demand} asks for it.
     *
     * @return whether there may be more to dispatch than before
     */
    boolean refill(long demand) {
        hasDemand = demand > 0;
        if (indexed) {
            indexer.advance(sources.values());
        }
        if (live || demand == 0) {
            return false;
        }
        int before = window.size();
        int target = (int) Math.min(limits.windowEntries(), Math.max(LOW_WATER, demand));
        if (backlog.fill(this, target) == BacklogReader.Outcome.CAUGHT_UP) {
            live = true;
            sources.values().forEach(source -> {
                if (source.end == BoundRange.OPEN && !indexed) {
                    source.feed.join(source);
                }
            });
        }
        return window.size() > before;
    }

    /** Brings what the window holds into the account. */
    void noteHeld() {
        share.hold(window.size(), window.bytes());
    }

    boolean hasRoom(int target) {
        noteHeld();
        return window.size() < target && window.bytes() < limits.windowBytes() && share.hasRoom();
    }

    /** A feed brings a wanted record. */
    void arrived(Source source, Record record) {
        if (live) {
            take(source, record);
        } else {
            source.refer(record);
        }
    }

    /** There are references to load. */
    void referred() {
        if (live) {
            stopTaking();
        }
    }

    private void stopTaking() {
        live = false;
        backlog.restart(sources.values());
    }

    /** Puts a wanted record into the window. */
    void take(Source source, Record record) {
        window.add(source.take(record, nextOrder++));
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
        if (!live) {
            return false;
        }
        for (Source source : sources.values()) {
            if (source.isLive() ? source.feed.position() < source.feed.limit() : source.isIndexed()) {
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
