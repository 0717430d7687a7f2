package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** The topic of committed offsets as the coordinator writes it. */
final class OffsetsTopic implements PartitionWriter {
    private final List<OffsetsShard> shards = new ArrayList<>();
    private final LogConfig config;

    /**
     * Writes to a topic.
     *
     * @param onLost called with the number of a partition whose state must be loaded again
     */
    OffsetsTopic(Topic topic, IntConsumer onLost) {
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
        return shard(partition).append(batch, transactionVersion);
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(TopicPartition partition, String transactionalId,
                                                                                  long producerId, short producerEpoch, int apiVersion) {
        return CompletableFuture.failedFuture(new UnsupportedVersionException("this broker has no transactions"));
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
