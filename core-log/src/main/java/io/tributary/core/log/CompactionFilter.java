package io.tributary.core.log;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.util.Set;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.OffsetMap;

/** Which records outlive a compaction: the last of every key, what has no value for a while, and what lies behind the map. */
final class CompactionFilter extends MemoryRecords.RecordFilter {
    private final OffsetMap lastOffsets;
    private final long mapEnd;
    private final Set<Long> lastBatchesOfProducers;

    /**
     * A filter by the last offsets of all keys before {@code mapEnd}.
     *
     * @param lastBatchesOfProducers the last offsets of batches that stay, empty if need be: they tell where an idempotent producer is
     */
    CompactionFilter(OffsetMap lastOffsets, long mapEnd, Set<Long> lastBatchesOfProducers, long nowMs, long tombstoneRetentionMs) {
        super(nowMs, tombstoneRetentionMs);
        this.lastOffsets = lastOffsets;
        this.mapEnd = mapEnd;
        this.lastBatchesOfProducers = lastBatchesOfProducers;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean keeps = batch.hasProducerId() && lastBatchesOfProducers.contains(batch.lastOffset());
        return new BatchRetentionResult(keeps ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY, false);
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
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
