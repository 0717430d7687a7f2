package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.core.api.Broker;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transaction coordinators, one a namespace, each started when it is first needed. Safe on any thread. */
public final class TransactionCoordinators {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionCoordinators.class);
    /** Small: what is still written is not compacted, and a start reads all of it. */
    private static final int STATE_SEGMENT_BYTES = 8 << 20;

    private final Broker broker;
    private final TransactionSettings settings;
    private final GroupOffsets offsets;
    private final InstantSource clock;
    private final Map<Namespace, Running> running = new HashMap<>();
    private boolean stopped;

    public TransactionCoordinators(Broker broker, TransactionSettings settings, GroupOffsets offsets) {
        this(broker, settings, offsets, InstantSource.system());
    }

    TransactionCoordinators(Broker broker, TransactionSettings settings, GroupOffsets offsets, InstantSource clock) {
        this.broker = broker;
        this.settings = settings;
        this.offsets = offsets;
        this.clock = clock;
    }

    private record Running(CoordinatorThread thread, CompletableFuture<TransactionCoordinator> coordinator) {
    }

    private static TopicName stateTopic(Namespace namespace) {
        return new TopicName(namespace, Topic.TRANSACTION_STATE_TOPIC_NAME);
    }

    /** Starts every coordinator that has something to load: what was decided is to be completed, and what is open has its time. */
    public void resume() {
        for (Namespace namespace : broker.topics().namespaces()) {
            if (isUsed(namespace)) {
                of(namespace);
            }
        }
    }

    /** Whether the namespace has ever had a transactional identifier. */
    public boolean isUsed(Namespace namespace) {
        return broker.topics().find(stateTopic(namespace)) != null;
    }

    /** The namespace's coordinator, when it is loaded. Fails with COORDINATOR_NOT_AVAILABLE, which clients take for "try again". */
    public CompletionStage<TransactionCoordinator> of(Namespace namespace) {
        Running found = find(namespace);
        return found == null ? CompletableFuture.failedFuture(new CoordinatorNotAvailableException("the broker is stopping"))
            : found.coordinator();
    }

    /** The namespace's coordinator if it is loaded. */
    public @Nullable TransactionCoordinator loaded(Namespace namespace) {
        Running found = find(namespace);
        CompletableFuture<TransactionCoordinator> coordinator = found == null ? null : found.coordinator();
        return coordinator == null || !coordinator.isDone() || coordinator.isCompletedExceptionally() ? null : coordinator.join();
    }

    private synchronized @Nullable Running find(Namespace namespace) {
        Running found = running.get(namespace);
        if (stopped || found != null && !found.coordinator().isCompletedExceptionally()) {
            return stopped ? null : found;
        }
        if (found != null) {
            found.thread().stop();
        }
        Running started = start(namespace);
        running.put(namespace, started);
        return started;
    }

    private Running start(Namespace namespace) {
        CoordinatorThread thread = new CoordinatorThread("kafka-transactions-" + namespace);
        TopicConfig config = TopicConfig.ofPartitions(settings.statePartitions()).withCompaction(Compaction.ON)
            .withSegmentBytes(STATE_SEGMENT_BYTES);
        CompletableFuture<TransactionCoordinator> coordinator = broker.topics().getOrCreate(stateTopic(namespace), config)
            .thenApplyAsync(topic -> {
                TransactionCoordinator made = new TransactionCoordinator(broker, topic, offsets, settings, clock, thread);
                made.start();
                return made;
            }, thread)
            .handle((made, failure) -> {
                if (failure != null) {
                    LOG.error("the transaction coordinator of namespace {} does not start", namespace, failure);
                    throw new CoordinatorNotAvailableException("the transaction coordinator did not start", failure);
                }
                return made;
            }).toCompletableFuture();
        return new Running(thread, coordinator);
    }

    /** Ends them all. What is under way is not answered; the next process goes on with it. */
    public synchronized CompletionStage<Void> stop() {
        stopped = true;
        running.values().forEach(each -> each.thread().stop());
        return CompletableFuture.completedFuture(null);
    }
}
