package io.tributary.core.log;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;
import org.apache.kafka.storage.internals.log.LastRecord;
import org.apache.kafka.storage.internals.log.OffsetMap;

/**
 * Which records outlive a compaction: the last of every key, what has no value for a while, what lies behind the map, and none of an
 * aborted transaction. A transaction's marker outlives its records by the time that a tombstone has. Sees a log's batches in their order.
 */
final class CompactionFilter extends MemoryRecords.RecordFilter {
    private final OffsetMap lastOffsets;
    private final long mapEnd;
    private final Map<Long, LastRecord> lastRecords;
    private final CleanedTransactionMetadata transactions;
    private final Set<Long> abortMarkersGone = new HashSet<>();
    private boolean discardsBatch;

    /**
     * A filter by the last offsets of all keys before {@code mapEnd}.
     *
     * @param lastRecords  the batches that stay, empty if need be: they tell where an idempotent producer is
     * @param transactions knows those that were aborted, and follows which are open
     */
    CompactionFilter(OffsetMap lastOffsets, long mapEnd, Map<Long, LastRecord> lastRecords, CleanedTransactionMetadata transactions,
            long nowMs, long tombstoneRetentionMs) {
        super(nowMs, tombstoneRetentionMs);
        this.lastOffsets = lastOffsets;
        this.mapEnd = mapEnd;
        this.lastRecords = lastRecords;
        this.transactions = transactions;
    }

    /** Offsets of the markers that did not stay so far. */
    Set<Long> abortMarkersGone() {
        return abortMarkersGone;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean emptyTransaction = false;
        if (batch.isControlBatch()) {
            emptyTransaction = transactions.onControlBatchRead(batch);
            discardsBatch = emptyTransaction && batch.deleteHorizonMs().isPresent() && batch.deleteHorizonMs().getAsLong() <= currentTime;
            if (discardsBatch) {
                abortMarkersGone.add(batch.lastOffset());
            }
        } else {
            discardsBatch = transactions.onBatchRead(batch);
        }
        BatchRetention retention = BatchRetention.DELETE_EMPTY;
        if (isLastOfProducer(batch)) {
            retention = BatchRetention.RETAIN_EMPTY;
        } else if (discardsBatch) {
            retention = BatchRetention.DELETE;
        }
        return new BatchRetentionResult(retention, emptyTransaction);
    }

    private boolean isLastOfProducer(RecordBatch batch) {
        LastRecord last = batch.hasProducerId() ? lastRecords.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.lastDataOffset().isPresent() ? last.lastDataOffset().getAsLong() == batch.lastOffset()
            : batch.isControlBatch() && batch.producerEpoch() == last.producerEpoch();
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (discardsBatch) {
            return false;
        }
        if (record.offset() >= mapEnd || batch.isControlBatch()) {
            return true;
        }
        ByteBuffer key = record.key();
        if (key == null || record.offset() < lastOffset(key)) {
            return false;
        }
        return record.hasValue() || batch.deleteHorizonMs().isEmpty() || batch.deleteHorizonMs().getAsLong() > currentTime;
    }

    private long lastOffset(ByteBuffer key) {
        try {
            return lastOffsets.get(key);
        } catch (DigestException e) {
            throw new BrokerException(ErrorCode.INTERNAL, "no digest of a key: " + e.getMessage(), e);
        }
    }
}
