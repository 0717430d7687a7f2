package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of the topic of committed offsets, of which the coordinator is the only writer. So it knows the offset of what it appends
 * before the log does, and need not wait for it; if the log says otherwise, or fails, the state must be loaded again.
 */
final class OffsetsShard {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsShard.class);

    private final TopicPartition name;
    private final Partition partition;
    private final Runnable onLost;
    private final List<PartitionWriter.Listener> listeners = new CopyOnWriteArrayList<>();
    private long nextOffset;
    private int generation;
    private CompletionStage<?> lastAppend = CompletableFuture.completedFuture(null);

    /**
     * Writes to a partition.
     *
     * @param onLost called once after an append failed, on a core thread
     */
    OffsetsShard(TopicPartition name, Partition partition, Runnable onLost) {
        this.name = name;
        this.partition = partition;
        this.onLost = onLost;
    }

    Partition partition() {
        return partition;
    }

    void add(PartitionWriter.Listener listener) {
        listeners.add(listener);
    }

    void remove(PartitionWriter.Listener listener) {
        listeners.remove(listener);
    }

    /** Completes when nothing that was appended is still under way. */
    synchronized CompletionStage<?> quiet() {
        return lastAppend.handle((result, failure) -> Boolean.TRUE);
    }

    /** The state was loaded up to this offset: appends go on from here. */
    synchronized void loadedTo(long offset) {
        nextOffset = offset;
    }

    /** Appends one batch; the buffer is the coordinator's and is copied. Gives the offset after its last record. */
    synchronized long append(MemoryRecords batch, short transactionVersion) {
        ByteBuffer source = batch.buffer();
        ByteBuffer copy = ByteBuffer.allocate(source.remaining()).put(source).flip();
        long count = batch.batches().iterator().next().lastOffset() + 1;
        long expected = nextOffset;
        int appendedIn = generation;
        nextOffset += count;
        Append append = partition.appendAsCoordinator(copy, transactionVersion);
        append.accepted().whenComplete((result, failure) -> check(result, failure, expected, appendedIn));
        lastAppend = append.durable();
        lastAppend.whenComplete((result, failure) -> durable((AppendResult) result, failure, appendedIn));
        return expected + count;
    }

    private void check(@Nullable AppendResult result, @Nullable Throwable failure, long expected, int appendedIn) {
        if (failure != null || result == null || result.baseOffset() != expected) {
            LOG.error("{} took a record of the group coordinator in another way than it should, which expected offset {}: {}", name,
                expected, result, failure);
            lost(appendedIn);
        }
    }

    private void durable(@Nullable AppendResult result, @Nullable Throwable failure, int appendedIn) {
        if (failure == null && result != null) {
            listeners.forEach(listener -> listener.onHighWatermarkUpdated(name, result.lastOffset() + 1));
        } else {
            lost(appendedIn);
        }
    }

    private void lost(int appendedIn) {
        synchronized (this) {
            if (appendedIn != generation) {
                return;
            }
            generation++;
        }
        onLost.run();
    }
}
