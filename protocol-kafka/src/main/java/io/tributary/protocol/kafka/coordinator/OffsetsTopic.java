package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Namespace;
import io.tributary.protocol.kafka.coordinator.transaction.Claim;
import io.tributary.protocol.kafka.coordinator.transaction.ClaimErrors;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinator;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** The topic of committed offsets as the coordinator writes it: for itself, or as a part of a producer's transaction. */
final class OffsetsTopic implements PartitionWriter {
    /** Of TxnOffsetCommit (KIP-890). */
    private static final int ABORTABLE_MIN_VERSION = 4;

    private final List<OffsetsShard> shards = new ArrayList<>();
    private final Namespace namespace;
    private final TransactionCoordinators transactions;
    private final LogConfig config;

    /**
     * Writes to a topic.
     *
     * @param onLost called with the number of a partition whose state must be loaded again
     */
    OffsetsTopic(Topic topic, TransactionCoordinators transactions, IntConsumer onLost) {
        this.namespace = topic.name().namespace();
        this.transactions = transactions;
        for (Partition partition : topic.partitions()) {
            int number = partition.id().partition();
            shards.add(new OffsetsShard(new TopicPartition(topic.name().name(), number), partition, () -> onLost.accept(number)));
        }
        this.config = new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, topic.config().maxBatchBytes()));
    }

    int partitions() {
        return shards.size();
    }

    OffsetsShard shard(TopicPartition partition) {
        return shards.get(partition.partition());
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        shard(partition).add(listener);
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        shard(partition).remove(listener);
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return config;
    }

    @Override
    public long append(TopicPartition partition, VerificationGuard guard, MemoryRecords batch, short transactionVersion) {
        RecordBatch first = batch.batches().iterator().next();
        if (!first.isTransactional() || first.isControlBatch()) {
            return shard(partition).append(batch, transactionVersion);
        }
        // The guard tells only that the transaction was open some time ago.
        TransactionCoordinator coordinator = transactions.loaded(namespace);
        if (coordinator == null) {
            throw new CoordinatorNotAvailableException("the transaction coordinator is not there");
        }
        ProducerIdentity producer = new ProducerIdentity(first.producerId(), first.producerEpoch());
        return coordinator.appendNow(producer, partition, () -> shard(partition).append(batch, transactionVersion));
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(TopicPartition partition, String transactionalId,
                                                                                  long producerId, short producerEpoch, int apiVersion) {
        boolean adds = apiVersion > TxnOffsetCommitRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2;
        ProducerIdentity producer = new ProducerIdentity(producerId, producerEpoch);
        Claim claim = adds ? Claim.adding(transactionalId, producer, Set.of(partition), TransactionVersion.TV_2)
            : Claim.verifying(transactionalId, producer, Set.of(partition));
        boolean knowsAbortable = apiVersion >= ABORTABLE_MIN_VERSION;
        return transactions.of(namespace).thenCompose(coordinator -> coordinator.admit(claim)).handle((admitted, failure) -> {
            if (failure != null) {
                throw ClaimErrors.forAppend(failure, knowsAbortable, true).exception(KafkaErrors.message(failure));
            }
            return new VerificationGuard();
        }).toCompletableFuture();
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return shard(partition).partition().deleteBefore(beforeOffset).<Void>handle((start, failure) -> {
            if (failure != null) {
                throw new KafkaException(failure);
            }
            return null;
        }).toCompletableFuture();
    }
}
