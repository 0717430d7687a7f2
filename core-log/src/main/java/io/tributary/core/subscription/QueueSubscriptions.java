package io.tributary.core.subscription;

import io.tributary.core.api.ExpiredSubscription;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Registration;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionsOverview;
import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.stats.MovingRates;
import io.tributary.core.routing.FullSubscriptions;
import io.tributary.core.routing.RouteTable;
import io.tributary.core.subscription.loop.Clocks;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.state.Definition;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.stats.Overviews;
import io.tributary.core.transaction.Acknowledgements;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queue subscriptions of one node. Safe on any thread. */
public final class QueueSubscriptions implements Subscriptions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueSubscriptions.class);
    private static final int CLOSE_SECONDS = 30;

    private final Surroundings surroundings;
    private final SubscriptionLimits limits;
    private final DurableStores stores;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger nextWorker = new AtomicInteger();
    private final Clocks clocks;
    /** With those that are being created or deleted, which keep their names and learn of topics. */
    private final Map<SubscriptionName, QueueSubscription> all = new ConcurrentHashMap<>();
    /** Guards that a subscription is among {@link #all}, or in {@link #gone}. */
    private final Object counting = new Object();
    /** What subscriptions that are gone have counted. */
    private SubscriptionCounts gone = SubscriptionCounts.ZERO;
    /** By a key of their own. */
    private final Map<Object, Consumer<ExpiredSubscription>> expiryListeners = new ConcurrentHashMap<>();

    /**
     * Starts the threads.
     *
     * @param threads 1 or more
     */
    public QueueSubscriptions(Surroundings surroundings, DurableStores stores, SubscriptionLimits limits, int threads, Clocks clocks) {
        this.surroundings = surroundings;
        this.stores = stores;
        this.limits = limits;
        this.clocks = clocks;
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker("tributary-dispatch-" + i, clocks, limits.totalBytes() / threads));
        }
    }

    /** What all subscriptions hold in memory, in bytes. */
    CompletionStage<Long> heldBytes() {
        CompletionStage<Long> sum = CompletableFuture.completedFuture(0L);
        for (Worker worker : workers) {
            sum = sum.thenCombine(CompletableFuture.supplyAsync(() -> worker.budget().used(), worker.loop()), Long::sum);
        }
        return sum;
    }

    /**
     * What durable subscriptions are written to.
     *
     * @param metadata has their definitions
     * @param state    has where they stand
     */
    public record DurableStores(MetadataStore metadata, StateTable state) {
    }

    /**
     * What subscriptions work on.
     *
     * @param routes    learns of their bindings
     * @param publisher takes dead letters
     * @param full      learns of those that publishers are to wait for
     */
    public record Surroundings(Topics topics, RouteTable routes, Publisher publisher, FullSubscriptions full) {
    }

    /** Their part in transactions. */
    public Acknowledgements acknowledgements() {
        return new TransactionAcknowledgements(all.values());
    }

    /** Takes up the durable subscriptions where they were left. To be called before anything else, with all topics known. */
    public CompletionStage<Void> recover() {
        return stores.metadata().list(Definition.KEY_PREFIX).thenCompose(entries -> {
            List<CompletableFuture<?>> restored = new ArrayList<>();
            for (MetadataStore.Entry entry : entries) {
                restored.add(restore(Definition.decode(entry.value())).toCompletableFuture());
            }
            return CompletableFuture.allOf(restored.toArray(new CompletableFuture<?>[0]));
        });
    }

    private CompletionStage<Void> restore(Definition definition) {
        Worker worker = nextWorker();
        boolean killed = DurablePersistence.isActive(stores.state(), definition.id());
        Persistence persistence = new DurablePersistence(definition, stores.metadata(), stores.state(), worker.loop(),
            limits.flushInterval().toNanos(), killed);
        QueueSubscription subscription =
            new QueueSubscription(definition.name(), definition.config(), limits, worker, surroundings, persistence, this::expired);
        all.put(definition.name(), subscription);
        Recovery recovery = new Recovery(definition, DurablePersistence.states(stores.state(), definition.id()), surroundings.topics(),
            killed);
        return subscription.restore(recovery.bindings(), recovery.sources()).thenRun(subscription::open);
    }

    @Override
    public CompletionStage<Subscription> create(SubscriptionName name, SubscriptionConfig config, List<Binding> bindings,
                                                StartPosition start) {
        Worker worker = nextWorker();
        Persistence persistence = config.durable()
            ? new DurablePersistence(new Definition(UUID.randomUUID(), name, config, List.of(), List.of()), stores.metadata(),
                stores.state(), worker.loop(), limits.flushInterval().toNanos(), false)
            : Persistence.NONE;
        QueueSubscription subscription = new QueueSubscription(name, config, limits, worker, surroundings, persistence, this::expired);
        if (all.putIfAbsent(name, subscription) != null) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.SUBSCRIPTION_EXISTS, "subscription '" + name + "' exists already"));
        }
        CompletableFuture<Subscription> created = new CompletableFuture<>();
        subscription.begin(bindings, start).whenComplete((done, failure) -> {
            if (failure == null) {
                subscription.open();
                created.complete(subscription);
            } else {
                subscription.delete().whenComplete((count, again) -> {
                    all.remove(name, subscription);
                    created.completeExceptionally(BrokerException.of(failure));
                });
            }
        });
        return created;
    }

    @Override
    public @Nullable Subscription find(SubscriptionName name) {
        QueueSubscription subscription = all.get(name);
        return subscription != null && subscription.isOpen() ? subscription : null;
    }

    @Override
    public Collection<Subscription> list(Namespace namespace) {
        List<Subscription> found = new ArrayList<>();
        for (QueueSubscription subscription : all.values()) {
            if (subscription.isOpen() && subscription.name().namespace().equals(namespace)) {
                found.add(subscription);
            }
        }
        found.sort(Comparator.comparing(subscription -> subscription.name().name()));
        return found;
    }

    @Override
    public CompletionStage<Long> delete(SubscriptionName name) {
        QueueSubscription subscription = all.get(name);
        if (subscription == null || !subscription.hide()) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.SUBSCRIPTION_NOT_FOUND, "there is no subscription '" + name + "'"));
        }
        return subscription.delete().whenComplete((count, failure) -> forget(subscription));
    }

    private void forget(QueueSubscription subscription) {
        synchronized (counting) {
            if (all.remove(subscription.name(), subscription)) {
                gone = gone.plus(subscription.counted());
            }
        }
    }

    @Override
    public CompletionStage<SubscriptionsOverview> overview(int most) {
        List<QueueSubscription> now;
        SubscriptionCounts before;
        synchronized (counting) {
            now = List.copyOf(all.values());
            before = gone;
        }
        return Overviews.make(now, before, most);
    }

    /** Looks at the counters for the rates; every {@link MovingRates#PERIOD_NANOS}. */
    public void sampleRates() {
        long now = clocks.nanos().getAsLong();
        all.values().forEach(subscription -> subscription.sample(now));
    }

    @Override
    public Registration onExpired(Consumer<ExpiredSubscription> listener) {
        Object key = new Object();
        expiryListeners.put(key, listener);
        return () -> expiryListeners.remove(key);
    }

    private void expired(QueueSubscription subscription) {
        if (!subscription.hide()) {
            return;
        }
        ExpiredSubscription gone = new ExpiredSubscription(subscription.name(), subscription.config(), subscription.bindings());
        LOG.info("Subscription '{}' was not used for its time and is deleted", subscription.name());
        subscription.delete().whenComplete((count, failure) -> {
            forget(subscription);
            if (failure == null) {
                expiryListeners.values().forEach(listener -> listener.accept(gone));
            } else {
                LOG.error("Subscription '{}' has expired and cannot be deleted", subscription.name(), failure);
            }
        });
    }

    /** A topic was created, or has new partitions: to be called before whoever asked for them is answered. */
    public void topicGrew(Topic topic) {
        all.values().forEach(subscription -> subscription.topicGrew(topic));
    }

    /** A topic was deleted. Completes when nothing is delivered of it any more. */
    public CompletionStage<Void> topicDeleted(Topic topic) {
        return CompletableFuture.allOf(all.values().stream()
            .map(subscription -> subscription.topicDeleted(topic).toCompletableFuture()).toArray(CompletableFuture<?>[]::new));
    }

    /**
     * The first offset of a partition that some subscription has not yet settled, or the high watermark when none wants anything of it.
     * Never higher than the truth. What it is lower by is made good for the next call.
     */
    public long consumedFloor(Topic topic, int partition) {
        PartitionKey key = new PartitionKey(topic.id(), partition);
        long floor = topic.partition(partition).highWatermark();
        for (Worker worker : workers) {
            PartitionFeed feed = worker.findFeed(key);
            if (feed != null) {
                floor = Math.min(floor, feed.floor());
                worker.loop().execute(feed::refreshFloor);
            }
        }
        return floor;
    }

    /** Looks at the clock again; for clocks that do not run by themselves. */
    void wakeUp() {
        workers.forEach(worker -> worker.loop().wakeUp());
    }

    /** Writes what is to be kept, cancels all consumers and stops the threads. */
    @Override
    public void close() {
        CompletableFuture<?>[] closing = all.values().stream()
            .map(subscription -> subscription.close().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        // Storage that does not answer must not keep the process from ending; what is not written is delivered again.
        CompletableFuture.allOf(closing).orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS).exceptionally(failure -> null).join();
        all.clear();
        workers.forEach(Worker::close);
    }

    /** Stops as a crash would: nothing more is written, nobody is told. */
    public void halt() {
        all.clear();
        workers.forEach(Worker::halt);
    }

    private Worker nextWorker() {
        return workers.get(Math.floorMod(nextWorker.getAndIncrement(), workers.size()));
    }
}
