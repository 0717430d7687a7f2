package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.protocol.kafka.share.ShareSettings;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's share session (KIP-932, "Share sessions"): the partitions it reads, what it has acquired, and its consumer of the group's
 * subscription. It ends with its connection. Safe on any thread.
 */
final class ShareSession implements DeliveryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ShareSession.class);

    private final Key key;
    private final ShareSubscriptions subscriptions;
    private final ShareSettings settings;
    private final CompletionStage<Void> connection;
    private final Set<SharePartition> partitions = new LinkedHashSet<>();
    private final AcquiredRecords acquired = new AcquiredRecords();
    private final List<Delivery> delivered = new ArrayList<>();
    private int nextEpoch = ShareRequestMetadata.nextEpoch(ShareRequestMetadata.INITIAL_EPOCH);
    private @Nullable CompletableFuture<Consumer> consumer;
    /** What the consumer reads. */
    private Set<PartitionId> reads = Set.of();
    private @Nullable ShareFetchOperation fetching;
    private boolean closed;

    /** One member has one session. */
    record Key(Namespace namespace, String group, String member) {
    }

    /**
     * Begins with nothing.
     *
     * @param settings   hold as long as the session
     * @param connection tells by its identity, and when it completes
     */
    ShareSession(Key key, ShareSubscriptions subscriptions, ShareSettings settings, CompletionStage<Void> connection) {
        this.key = key;
        this.settings = settings;
        this.subscriptions = subscriptions;
        this.connection = connection;
    }

    ShareSettings settings() {
        return settings;
    }

    CompletionStage<Void> connection() {
        return connection;
    }

    Key key() {
        return key;
    }

    /** Takes the epoch of the next request: INVALID_SHARE_SESSION_EPOCH if it is not the one that is awaited. */
    synchronized Errors advance(int epoch) {
        if (epoch != nextEpoch) {
            return Errors.INVALID_SHARE_SESSION_EPOCH;
        }
        nextEpoch = ShareRequestMetadata.nextEpoch(nextEpoch);
        return Errors.NONE;
    }

    synchronized void add(SharePartition partition) {
        partitions.add(partition);
    }

    synchronized void forget(SharePartition partition) {
        partitions.remove(partition);
    }

    synchronized List<SharePartition> partitions() {
        return List.copyOf(partitions);
    }

    /** How many records the member may have more. */
    synchronized int room() {
        acquired.dropExpired(System.nanoTime());
        return Math.max(0, settings.maxLocks() - acquired.size());
    }

    synchronized void acquire(SharePartition partition, Delivery delivery, long lockEnds) {
        acquired.add(partition, delivery.record().offset(), delivery.id(), lockEnds);
    }

    /**
     * Settles what the member says of a partition: all of it, or nothing. What it says of offsets before the first that is not settled is
     * passed over, whoever has settled them. The errors are those of the protocol.
     */
    CompletionStage<Errors> settle(SharePartition partition, Partition log, List<Acknowledgement> all, boolean mayRenew) {
        Errors error = Acknowledgement.check(all, mayRenew && settings.renews());
        if (error != Errors.NONE) {
            return CompletableFuture.completedFuture(error);
        }
        CompletionStage<Errors> settled = settle(partition, all);
        if (settled != null) {
            return settled;
        }
        if (all.stream().anyMatch(each -> each.last() >= log.highWatermark())) {
            return CompletableFuture.completedFuture(Errors.INVALID_REQUEST);
        }
        return floor(log).thenCompose(floor -> {
            List<Acknowledgement> rest = all.stream().filter(each -> each.last() >= floor).map(each -> each.from(floor)).toList();
            CompletionStage<Errors> restSettled = rest.isEmpty() ? CompletableFuture.completedFuture(Errors.NONE) : settle(partition, rest);
            return restSettled == null ? CompletableFuture.completedFuture(Errors.INVALID_RECORD_STATE) : restSettled;
        });
    }

    /** Null when it names an offset that is not acquired. */
    private synchronized @Nullable CompletionStage<Errors> settle(SharePartition partition, List<Acknowledgement> all) {
        acquired.dropExpired(System.nanoTime());
        Consumer attached = attached();
        return attached == null || !acquired.hold(partition, all) ? null : acquired.settle(partition, all, attached, settings.lock());
    }

    /** The first offset that is not settled; 0 when that is not known. */
    private CompletionStage<Long> floor(Partition log) {
        Subscription subscription = subscriptions.find(key.namespace(), key.group());
        if (subscription == null) {
            return CompletableFuture.completedFuture(0L);
        }
        return subscription.progress().handle((all, failure) -> failure != null ? 0L
            : all.stream().filter(each -> each.partition().equals(log.id())).mapToLong(PartitionProgress::floor).min().orElse(0));
    }

    private synchronized @Nullable Consumer attached() {
        CompletableFuture<Consumer> attaching = consumer;
        return attaching != null && attaching.isDone() && !attaching.isCompletedExceptionally() ? attaching.join() : null;
    }

    /**
     * The session's consumer, which reads these partitions from now on; attached, to a subscription that takes their topics, if it is
     * not. Fails with the core's exceptions.
     */
    synchronized CompletionStage<Consumer> consumer(ReadablePartitions readable, long maxBytes) {
        Set<PartitionId> wanted = readable.partitions();
        CompletableFuture<Consumer> attaching = consumer;
        if (attaching == null || attaching.isCompletedExceptionally()) {
            ConsumerOptions options = new ConsumerOptions(false, false, settings.lock()).withMaxBytes(maxBytes);
            attaching = subscriptions.bind(key.namespace(), key.group(), readable.topics(), settings)
                .thenCompose(subscription -> subscription.attach(options, this)).toCompletableFuture();
            reads = Set.of();
            consumer = attaching;
            if (closed) {
                detach(attaching);
            }
        }
        if (!wanted.equals(reads)) {
            reads = wanted;
            attaching = attaching.thenApply(attached -> {
                attached.readOnly(wanted);
                return attached;
            });
            consumer = attaching;
        }
        return attaching;
    }

    /** Makes this fetch the one that deliveries are for, when the one before it has been answered. */
    CompletionStage<?> begin(ShareFetchOperation next) {
        ShareFetchOperation before;
        synchronized (this) {
            before = fetching;
            fetching = next;
        }
        if (before == null) {
            return CompletableFuture.completedFuture(null);
        }
        before.stop();
        return before.answered();
    }

    synchronized void end(ShareFetchOperation done) {
        if (fetching == done) {
            fetching = null;
        }
    }

    /** What was delivered since the last call. */
    synchronized List<Delivery> takeDelivered() {
        List<Delivery> taken = List.copyOf(delivered);
        delivered.clear();
        return taken;
    }

    @Override
    public void onDelivery(Delivery delivery) {
        ShareFetchOperation waiting;
        synchronized (this) {
            delivered.add(delivery);
            waiting = fetching;
        }
        if (waiting != null) {
            waiting.wakeUp();
        }
    }

    /** The next fetch attaches a consumer anew: to a subscription that is made again, if it was deleted. */
    @Override
    public synchronized void onCancelled(BrokerException cause) {
        consumer = null;
        acquired.clear();
        delivered.clear();
    }

    /** Gives back what was acquired. Completes when others may have it. */
    CompletionStage<?> close() {
        CompletableFuture<Consumer> attaching;
        ShareFetchOperation waiting;
        synchronized (this) {
            closed = true;
            attaching = consumer;
            waiting = fetching;
            acquired.clear();
        }
        if (waiting != null) {
            waiting.stop();
        }
        return attaching == null ? CompletableFuture.completedFuture(null) : detach(attaching);
    }

    private static CompletionStage<?> detach(CompletableFuture<Consumer> attaching) {
        return attaching.thenCompose(Consumer::close).exceptionally(failure -> {
            LOG.debug("a share session's consumer was gone before it was closed", failure);
            return null;
        });
    }
}
