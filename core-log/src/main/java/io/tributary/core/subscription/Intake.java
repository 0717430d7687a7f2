package io.tributary.core.subscription;

import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.policy.PriorityLevels;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Tally;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A subscription's sources, and the portions that they are in; what concerns all of them. */
final class Intake {
    private final DispatchLoop loop;
    private final SubscriptionLimits limits;
    private final WindowBudget budget;
    private final Runnable pump;
    private final Consumer<Source> changes;
    private final PriorityLevels levels;
    private final Tally tally = new Tally();
    private final Map<SourceId, Source> sources = new LinkedHashMap<>(2);
    private final BacklogIndexer indexer;
    /** One at least. Where it is one, it has all sources. */
    private List<Portion> portions;
    /** Those that read some partitions only. */
    private List<QueueConsumer> limited = List.of();
    /** By those of the limited that read them; empty where none is limited. */
    private Map<Set<QueueConsumer>, Portion> byReaders = Map.of();
    private Runnable regrouped = () -> { };
    private boolean indexed;
    private boolean countsBytes;
    /** Some source may have no binding in force. */
    private boolean mayHaveEnded;
    private long nextOrder;
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
        this.loop = loop;
        this.levels = levels;
        this.budget = budget;
        this.limits = limits;
        this.pump = pump;
        this.changes = changes;
        indexed = levels.any();
        indexer = new BacklogIndexer(loop, pump);
        portions = List.of(new Portion(this, sources.values(), limits, budget, pump));
    }

    /** From now on sizes of what waits are known; before there is any source. */
    void countBytes() {
        countsBytes = true;
    }

    /** Runs when the portions are others than before. */
    void onRegrouped(Runnable listener) {
        regrouped = listener;
    }

    DispatchLoop loop() {
        return loop;
    }

    PriorityLevels levels() {
        return levels;
    }

    boolean countsBytes() {
        return countsBytes;
    }

    /** The place of the next that is taken. */
    long nextOrder() {
        return nextOrder++;
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
            portions.forEach(portion -> portion.backlog().restart(portion.sources()));
        }
    }

    /** What the subscription counts. */
    Tally tally() {
        return tally;
    }

    List<Portion> portions() {
        return portions;
    }

    /** Tells who has entries that are ready and not in a window. */
    void setAside(Consumer<Consumer<Entry>> holder) {
        aside = holder;
    }

    /** Visits what was taken and is ready. */
    void forEachReady(Consumer<Entry> visitor) {
        forEachInWindow(visitor);
        aside.accept(visitor);
    }

    void forEachInWindow(Consumer<Entry> visitor) {
        portions.forEach(portion -> portion.window().forEach(visitor));
    }

    /** Forgets what is in the windows. */
    void dropWindows() {
        portions.forEach(portion -> portion.window().drain(entry -> { }));
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
        Portion portion = limited.isEmpty() ? portions.get(0) : byReaders.get(readers(source));
        putInto(portion == null ? portions.get(0) : portion, source);
        if (portion == null) {
            regroup();
        }
        mayHaveEnded |= source.hasEnded();
        return source;
    }

    private void putInto(Portion portion, Source source) {
        source.portion = portion;
        if (portions.size() > 1) {
            portion.sources().add(source);
        }
        portion.findReferences(source);
    }

    /** Removes sources with all that was taken from them and waits; returns those. */
    List<Source> remove(Predicate<Source> condition) {
        List<Source> gone = sources.values().stream().filter(condition).toList();
        if (gone.isEmpty()) {
            return gone;
        }
        gone.forEach(source -> {
            sources.remove(new SourceId(source.key, source.number));
            if (portions.size() > 1) {
                source.portion.sources().remove(source);
            }
            source.remove();
        });
        portions.forEach(Portion::removed);
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

    /** Puts the sources together that the same consumers read. Those that are not named read all. */
    void group(List<QueueConsumer> readSome) {
        limited = List.copyOf(readSome);
        regroup();
    }

    private Set<QueueConsumer> readers(Source source) {
        Set<QueueConsumer> readers = new HashSet<>();
        for (QueueConsumer consumer : limited) {
            if (consumer.reads(source)) {
                readers.add(consumer);
            }
        }
        return readers;
    }

    private void regroup() {
        Map<Set<QueueConsumer>, List<Source>> groups = new LinkedHashMap<>();
        sources.values().forEach(source -> groups.computeIfAbsent(readers(source), first -> new ArrayList<>()).add(source));
        if (!isGroupedBy(groups.values())) {
            moveInto(groups.values());
        }
        byReaders = new HashMap<>();
        if (!limited.isEmpty()) {
            groups.forEach((readers, together) -> byReaders.put(readers, together.get(0).portion));
        }
        regrouped.run();
    }

    private boolean isGroupedBy(Collection<List<Source>> groups) {
        if (groups.size() <= 1) {
            return portions.size() == 1;
        }
        return groups.size() == portions.size() && groups.stream().allMatch(together -> {
            Portion first = together.get(0).portion;
            return first.sources().size() == together.size() && together.stream().allMatch(source -> source.portion == first);
        });
    }

    /** What is in memory goes with its sources; what was read and not yet taken is taken from its new place. */
    private void moveInto(Collection<List<Source>> groups) {
        fallBehind();
        List<Entry> waiting = new ArrayList<>();
        portions.forEach(portion -> portion.window().drain(waiting::add));
        portions.forEach(Portion::close);
        List<Portion> made = new ArrayList<>();
        if (groups.size() <= 1) {
            made.add(new Portion(this, sources.values(), limits, budget, pump));
        } else {
            groups.forEach(together -> made.add(new Portion(this, together, limits, budget, pump)));
        }
        portions = List.copyOf(made);
        for (Portion portion : portions) {
            for (Source source : portion.sources()) {
                source.portion = portion;
                portion.findReferences(source);
            }
        }
        waiting.forEach(entry -> entry.source.portion.window().putBack(entry));
        fallBehind();
    }

    /** Lets the sources of an indexed subscription learn what was published. To be called before anything is handed out. */
    void advance() {
        boolean known = !indexed || indexer.advance(sources.values());
        for (int i = 0; i < portions.size(); i++) {
            portions.get(i).advance(known);
        }
    }

    /** Brings what the windows hold into the account. */
    void noteHeld() {
        for (int i = 0; i < portions.size(); i++) {
            portions.get(i).noteHeld();
        }
    }

    /** Leaves the feeds; what follows is read from the log when there is demand and room. */
    void fallBehind() {
        portions.forEach(Portion::fallBehind);
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

    /** Gives the windows back to the log. Nothing may be outstanding. */
    void unload() {
        portions.forEach(Portion::unload);
    }

    void close() {
        fallBehind();
        dropWindows();
        portions.forEach(Portion::close);
        List.copyOf(sources.values()).forEach(Source::remove);
        sources.clear();
    }
}
