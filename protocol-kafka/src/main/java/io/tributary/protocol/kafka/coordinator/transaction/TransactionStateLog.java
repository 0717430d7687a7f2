package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.kafka.translate.LogSlices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topic that keeps the transactions, in Kafka's record format: the last record of an identifier is what it is now. */
final class TransactionStateLog {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionStateLog.class);
    private static final int READ_BYTES = 4 << 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final List<Partition> partitions;
    private final CoordinatorThread thread;
    private final InstantSource clock;

    TransactionStateLog(Topic topic, CoordinatorThread thread, InstantSource clock) {
        this.partitions = List.copyOf(topic.partitions());
        this.thread = thread;
        this.clock = clock;
    }

    /** The epoch that the coordinator of this identifier has in markers. */
    int coordinatorEpoch(String transactionalId) {
        return partition(transactionalId).leaderEpoch();
    }

    /** As Kafka distributes them. */
    private Partition partition(String transactionalId) {
        int hash = transactionalId.hashCode();
        return partitions.get((hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions.size());
    }

    /** Writes down what an identifier becomes; completes on any thread when it is durable, or fails with the error for the client. */
    CompletionStage<Void> append(String transactionalId, TxnTransitMetadata next) {
        return append(transactionalId, TransactionLog.valueToBytes(next, TransactionVersion.TV_2));
    }

    /** Writes down that an identifier is no more. */
    CompletionStage<Void> appendTombstone(String transactionalId) {
        return append(transactionalId, (byte @Nullable []) null);
    }

    /** As {@link #append}, again and again if it fails, until the broker stops. */
    CompletionStage<Void> appendUntilDone(String transactionalId, TxnTransitMetadata next) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        tryAppend(transactionalId, next, FIRST_PAUSE, done);
        return done;
    }

    private void tryAppend(String transactionalId, TxnTransitMetadata next, Duration pause, CompletableFuture<Void> done) {
        write(transactionalId, TransactionLog.valueToBytes(next, TransactionVersion.TV_2)).whenComplete((written, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else if (BrokerException.of(failure).code() == ErrorCode.CLOSED) {
                done.completeExceptionally(refusal(failure));
            } else {
                LOG.warn("{} cannot be written down as {}, trying again in {}: {}", transactionalId, next.txnState(), pause,
                    failure.toString());
                Duration longer = pause.multipliedBy(2);
                thread.after(pause, () ->
                    tryAppend(transactionalId, next, longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE, done));
            }
        });
    }

    private CompletionStage<Void> append(String transactionalId, byte @Nullable [] value) {
        return write(transactionalId, value).<Void>handle((written, failure) -> {
            if (failure != null) {
                throw refusal(failure);
            }
            return null;
        });
    }

    private CompletionStage<?> write(String transactionalId, byte @Nullable [] value) {
        SimpleRecord record = new SimpleRecord(clock.millis(), TransactionLog.keyToBytes(transactionalId), value);
        return partition(transactionalId).append(MemoryRecords.withRecords(Compression.NONE, record).buffer()).durable();
    }

    /** Errors after which clients look for the coordinator again, except where that could not help. */
    private static RuntimeException refusal(Throwable failure) {
        BrokerException cause = BrokerException.of(failure);
        return switch (cause.code()) {
            case CLOSED, STORAGE_FAILURE -> Errors.NOT_COORDINATOR.exception(cause.getMessage());
            case BATCH_TOO_LARGE, INTERNAL -> Errors.UNKNOWN_SERVER_ERROR.exception(cause.getMessage());
            default -> Errors.COORDINATOR_NOT_AVAILABLE.exception(cause.getMessage());
        };
    }

    /** All that is written down, by transactional identifier. Blocks. */
    Map<String, TransactionMetadata> load() {
        Map<String, TransactionMetadata> found = new HashMap<>();
        for (Partition partition : partitions) {
            try {
                load(partition, found);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private void load(Partition partition, Map<String, TransactionMetadata> found) throws IOException {
        long offset = partition.logStartOffset();
        long end = partition.highWatermark();
        while (offset < end) {
            if (thread.isStopped()) {
                throw new IllegalStateException("the coordinator is stopping");
            }
            LogRead read = partition.read(offset, READ_BYTES).toCompletableFuture().join();
            ByteBuffer bytes = LogSlices.copy(read.slices(), read.sizeInBytes());
            if (!bytes.hasRemaining()) {
                // Compaction has left nothing there.
                return;
            }
            for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                for (Record record : batch) {
                    if (record.offset() >= offset) {
                        take(record, partition, found);
                    }
                }
                offset = batch.nextOffset();
            }
        }
    }

    private static void take(Record record, Partition partition, Map<String, TransactionMetadata> found) {
        TransactionLog.ReadResult result = TransactionLog.read(record.key(), record.hasValue() ? record.value() : null);
        if (result instanceof TransactionLog.TxnRecord known) {
            found.put(known.transactionId(), known.metadata());
        } else if (result instanceof TransactionLog.TxnTombstone gone) {
            found.remove(gone.transactionId());
        } else {
            LOG.warn("passing over the record of {} at offset {}, of a later version: {}", partition.id(), record.offset(), result);
        }
    }
}
