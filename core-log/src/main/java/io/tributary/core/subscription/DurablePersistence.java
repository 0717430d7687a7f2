package io.tributary.core.subscription;

import io.tributary.core.api.StateTable;
import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.Definition;
import io.tributary.core.subscription.state.PartitionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a durable subscription down: its definition into the metadata store, at once; where it stands into a state table, every flush
 * interval while that changes. The table is behind the truth, never before it. The key {@code <id>/active} says that since what is
 * written more may have been delivered; it is there before the first delivery and goes when everything is written and nobody consumes.
 */
final class DurablePersistence implements Persistence {
    private static final Logger LOG = LoggerFactory.getLogger(DurablePersistence.class);
    private static final String ACTIVE = "active";

    private final UUID id;
    private final SubscriptionName name;
    private final SubscriptionConfig config;
    private final MetadataStore metadata;
    private final StateTable table;
    private final DispatchLoop loop;
    private final long flushNanos;
    private final Set<Source> dirty = new LinkedHashSet<>();
    private final Timeout flush = new Timeout() {
        @Override
        protected void expire() {
            flush();
        }
    };
    private CompletionStage<?> lastDefinition = CompletableFuture.completedFuture(null);
    private @Nullable CompletionStage<Void> activation;
    private CompletableFuture<Void> lastWrite = CompletableFuture.completedFuture(null);
    private int writing;
    private boolean failing;
    private boolean ended;

    /**
     * For one subscription.
     *
     * @param active whether the table has the key that says so
     */
    DurablePersistence(Definition definition, MetadataStore metadata, StateTable table, DispatchLoop loop, long flushNanos,
                       boolean active) {
        id = definition.id();
        name = definition.name();
        config = definition.config();
        this.metadata = metadata;
        this.table = table;
        this.loop = loop;
        this.flushNanos = flushNanos;
        activation = active ? CompletableFuture.completedFuture(null) : null;
    }

    @Override
    public void changed(Source source) {
        if (ended) {
            return;
        }
        dirty.add(source);
        if (!flush.isScheduled()) {
            loop.timers().schedule(flush, loop.nanoTime() + flushNanos);
        }
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public CompletionStage<Void> flush(QueueSubscription subscription) {
        TimerWheel.cancel(flush);
        CompletableFuture<Void> before = lastWrite;
        return CompletableFuture.allOf(writeDirty().toCompletableFuture(), before);
    }

    private void flush() {
        if (writing > 0) {
            // Slow storage gets larger writes, not more of them.
            loop.timers().schedule(flush, loop.nanoTime() + flushNanos);
            return;
        }
        writeDirty();
    }

    private CompletionStage<Void> writeDirty() {
        Map<Source, Map<Long, Integer>> deliveries = new HashMap<>();
        List<Source> sources = List.copyOf(dirty);
        dirty.clear();
        if (!sources.isEmpty()) {
            sources.get(0).intake.forEachReady(entry -> note(entry, deliveries));
        }
        return write(sources, deliveries, false);
    }

    private CompletionStage<Void> write(Collection<Source> sources, Map<Source, Map<Long, Integer>> deliveries, boolean whole) {
        List<CompletableFuture<?>> puts = new ArrayList<>();
        for (Source source : sources) {
            if (source.isRemoved()) {
                continue;
            }
            writing++;
            Map<Long, Integer> counts = new HashMap<>(source.deliveries());
            counts.putAll(deliveries.getOrDefault(source, Map.of()));
            CursorState state = source.state(counts, whole);
            source.written(state);
            CompletionStage<Void> put = table.put(key(source), state.encode());
            puts.add(put.toCompletableFuture());
            put.whenComplete((done, failure) -> loop.execute(() -> written(source, failure)));
        }
        lastWrite = CompletableFuture.allOf(puts.toArray(new CompletableFuture<?>[0]));
        return lastWrite;
    }

    private void written(Source source, @Nullable Throwable failure) {
        writing--;
        if (failure != null && !ended) {
            if (!failing) {
                LOG.warn("Cannot write the state of subscription '{}'; trying again until it works", name, failure);
            }
            source.touch();
        }
        failing = failure != null;
    }

    /** Counts an entry that is not fresh. */
    private static void note(Entry entry, Map<Source, Map<Long, Integer>> deliveries) {
        if (entry.deliveries > 0 || entry.redelivered && entry.offset >= entry.source.suspectBelow()) {
            deliveries.computeIfAbsent(entry.source, source -> new HashMap<>()).put(entry.offset, entry.deliveries);
        }
    }

    @Override
    public CompletionStage<Void> writeDefinition(QueueSubscription subscription) {
        List<Definition.SourceDefinition> sources = new ArrayList<>();
        for (Source source : subscription.intake().sources()) {
            sources.add(new Definition.SourceDefinition(source.key, source.number, source.end, source.coverage.ranges(),
                source.coverage.exclusions()));
        }
        byte[] bytes = new Definition(id, name, config, subscription.bindings(), sources).encode();
        // One after the other, so that the last one stands.
        CompletionStage<Void> written = lastDefinition.handle((done, failure) -> 0)
            .thenCompose(ready -> metadata.put(Definition.key(name), bytes, MetadataStore.ANY_VERSION)).thenAccept(version -> { });
        lastDefinition = written;
        return written;
    }

    @Override
    public CompletionStage<Void> activate() {
        if (activation == null) {
            CompletionStage<Void> written = table.put(activeKey(), new byte[0]);
            activation = written;
            written.whenComplete((done, failure) -> loop.execute(() -> {
                if (failure != null && activation == written) {
                    activation = null;
                }
            }));
        }
        return activation;
    }

    @Override
    public void deactivate(QueueSubscription subscription) {
        CompletionStage<Void> active = activation;
        if (active == null) {
            return;
        }
        writeAll(subscription, false).whenComplete((done, failure) -> loop.execute(() -> {
            if (failure == null && activation == active && !ended && subscription.dispatcher().consumers() == 0) {
                activation = null;
                table.delete(activeKey());
            }
        }));
    }

    private CompletionStage<Void> writeAll(QueueSubscription subscription, boolean whole) {
        Map<Source, Map<Long, Integer>> deliveries = new HashMap<>();
        subscription.intake().forEachReady(entry -> note(entry, deliveries));
        subscription.dispatcher().forEachOutstanding(entry -> note(entry, deliveries));
        subscription.ends().forEachInProgress(entry -> note(entry, deliveries));
        dirty.clear();
        return write(subscription.intake().sources().stream()
            .filter(source -> !source.isWritten() || deliveries.containsKey(source)).toList(), deliveries, whole);
    }

    @Override
    public void forget(Source source) {
        dirty.remove(source);
        table.delete(key(source));
    }

    @Override
    public CompletionStage<Void> delete() {
        end();
        // The definition first: state without one is swept when the broker is next opened.
        return lastDefinition.handle((done, failure) -> 0)
            .thenCompose(ready -> metadata.delete(Definition.key(name), MetadataStore.ANY_VERSION))
            .thenCompose(deleted -> sweep(table, id));
    }

    /** Deletes what the table has of a subscription. */
    static CompletionStage<Void> sweep(StateTable table, UUID id) {
        List<CompletableFuture<?>> deleted = new ArrayList<>();
        table.forEach(id + "/", (key, value) -> deleted.add(table.delete(key).toCompletableFuture()));
        return CompletableFuture.allOf(deleted.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public CompletionStage<Void> close(QueueSubscription subscription) {
        CompletionStage<Void> written = writeAll(subscription, true);
        boolean wasActive = activation != null;
        end();
        return lastDefinition.handle((done, failure) -> 0).thenCompose(done -> written)
            .thenCompose(done -> wasActive ? table.delete(activeKey()) : written);
    }

    private void end() {
        ended = true;
        TimerWheel.cancel(flush);
        dirty.clear();
    }

    private String activeKey() {
        return id + "/" + ACTIVE;
    }

    private String key(Source source) {
        return id + "/" + source.key.topic() + "/" + source.key.partition() + "/" + source.number;
    }

    /** Whether the table says that the subscription was active. */
    static boolean isActive(StateTable table, UUID id) {
        return table.get(id + "/" + ACTIVE) != null;
    }

    /** What the table has of a subscription's sources. */
    static Map<Intake.SourceId, CursorState> states(StateTable table, UUID id) {
        Map<Intake.SourceId, CursorState> states = new HashMap<>();
        table.forEach(id + "/", (key, value) -> {
            String[] parts = key.split("/", -1);
            if (parts.length == 4) {
                states.put(new Intake.SourceId(new PartitionKey(UUID.fromString(parts[1]), Integer.parseInt(parts[2])),
                    Integer.parseInt(parts[3])), CursorState.decode(value));
            }
        });
        return states;
    }
}
