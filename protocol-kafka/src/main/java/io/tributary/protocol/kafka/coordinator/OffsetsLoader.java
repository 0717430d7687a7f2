package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.protocol.kafka.translate.LogSlices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.apache.kafka.coordinator.common.runtime.Deserializer.UnknownRecordTypeException;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replays a partition of the topic of committed offsets into the coordinator's state. Blocks only the executor it is given. */
final class OffsetsLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsLoader.class);
    private static final int READ_BYTES = 4 << 20;

    private final Supplier<OffsetsTopic> topic;
    private final Executor executor;
    private final Deserializer<CoordinatorRecord> deserializer = new GroupCoordinatorRecordSerde();
    private volatile boolean closed;

    OffsetsLoader(Supplier<OffsetsTopic> topic, Executor executor) {
        this.topic = topic;
        this.executor = executor;
    }

    @Override
    public CompletableFuture<LoadSummary> load(TopicPartition name, CoordinatorPlayback<CoordinatorRecord> playback) {
        long asked = System.currentTimeMillis();
        OffsetsShard shard = topic.get().shard(name);
        return shard.quiet().thenApplyAsync(quiet -> {
            long started = System.currentTimeMillis();
            Progress progress = new Progress(shard.partition().logStartOffset());
            try {
                replay(shard.partition(), playback, progress);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            shard.loadedTo(progress.offset);
            return new LoadSummary(asked, System.currentTimeMillis(), started - asked, progress.records, progress.bytes);
        }, executor).toCompletableFuture();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void replay(Partition partition, CoordinatorPlayback<CoordinatorRecord> playback, Progress progress) throws IOException {
        for (long end = partition.highWatermark(); progress.offset < end; end = partition.highWatermark()) {
            if (closed) {
                throw new IllegalStateException("the coordinator is closing");
            }
            LogRead read = partition.read(progress.offset, READ_BYTES).toCompletableFuture().join();
            ByteBuffer bytes = LogSlices.copy(read.slices(), read.sizeInBytes());
            progress.bytes += bytes.remaining();
            if (!bytes.hasRemaining()) {
                // Compaction has left nothing there.
                progress.offset = end;
            }
            for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                replay(batch, playback, progress);
                progress.offset = batch.nextOffset();
            }
            tell(playback, progress);
        }
        tell(playback, progress);
    }

    /** The coordinator's offsets begin at 0 and may only rise. */
    private static void tell(CoordinatorPlayback<CoordinatorRecord> playback, Progress progress) {
        if (progress.offset > progress.told) {
            playback.updateLastWrittenOffset(progress.offset);
            playback.updateLastCommittedOffset(progress.offset);
            progress.told = progress.offset;
        }
    }

    private void replay(RecordBatch batch, CoordinatorPlayback<CoordinatorRecord> playback, Progress progress) {
        for (Record record : batch) {
            if (record.offset() < progress.offset) {
                continue;
            }
            progress.records++;
            if (batch.isControlBatch()) {
                replayMarker(batch, record, playback);
                continue;
            }
            try {
                playback.replay(record.offset(), batch.producerId(), batch.producerEpoch(),
                    deserializer.deserialize(record.key(), record.value()));
            } catch (UnknownRecordTypeException e) {
                LOG.warn("passing over a group record of unknown type {}: written by a later version", e.unknownType());
            }
        }
    }

    private static void replayMarker(RecordBatch batch, Record record, CoordinatorPlayback<CoordinatorRecord> playback) {
        ControlRecordType type = ControlRecordType.parse(record.key());
        if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
            playback.replayEndTransactionMarker(batch.producerId(), batch.producerEpoch(),
                type == ControlRecordType.COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT);
        }
    }

    /** How far a load has come. */
    private static final class Progress {
        private long offset;
        private long told;
        private long records;
        private long bytes;

        Progress(long offset) {
            this.offset = offset;
        }
    }
}
