package io.tributary.core.log;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchDecoder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AbortedTxn;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;
import org.apache.kafka.storage.internals.log.LastRecord;
import org.apache.kafka.storage.internals.log.OffsetMap;

/**
 * Compacts one log, as Kafka's log cleaner does: notes the last offset of every key in the part that is new, then writes the segments
 * again without what a later record replaces. Blocks; only the exchange of segments runs on the log's thread. The segments that are
 * written, and the last sealed one, are left alone.
 */
final class LogCompaction {
    private static final int CHUNK_BYTES = 1 << 20;
    /** The map becomes slow when it is full. */
    private static final double MAX_LOAD = 0.9;

    private final LogId id;
    private final LogState state;
    private final SegmentStore store;
    private final LogThread thread;
    private final LogWriter writer;
    private final AbortedTransactions aborted;

    LogCompaction(LogId id, LogState state, SegmentStore store, LogThread thread, LogWriter writer, AbortedTransactions aborted) {
        this.id = id;
        this.state = state;
        this.store = store;
        this.thread = thread;
        this.writer = writer;
        this.aborted = aborted;
    }

    /**
     * Makes a pass if it is worth it.
     *
     * @param map cleared and used for the keys
     * @return whether there was one
     */
    synchronized boolean run(TopicConfig config, OffsetMap map) {
        Compaction compaction = config.compaction();
        long now = thread.settings().clock().millis();
        CompactionPlan plan = compaction.isOn() ? CompactionPlan.of(state, compaction, store::isReplaceable, now) : null;
        if (plan == null || state.isClosed()) {
            return false;
        }
        map.clear();
        long mapEnd = noteKeys(plan, map);
        Map<Long, LastRecord> producers = onLogThread(writer::lastRecordsOfProducers);
        CompactionFilter filter = new CompactionFilter(map, mapEnd, producers, transactions(0), now, compaction.tombstoneRetentionMs());
        for (List<Segment> group : plan.groupsBefore(mapEnd, config.segmentBytes())) {
            if (!rewrite(group, filter)) {
                return true;
            }
        }
        store.noteCompacted(id, mapEnd);
        state.setCompactedBefore(mapEnd);
        return true;
    }

    /** Notes the keys' last offsets; returns where it came to, the map being full or the plan at its end. */
    private long noteKeys(CompactionPlan plan, OffsetMap map) {
        int capacity = (int) (map.slots() * MAX_LOAD);
        long next = plan.dirtyFrom();
        CleanedTransactionMetadata transactions = transactions(next);
        for (Segment segment : plan.segments()) {
            while (next >= segment.baseOffset() && next < segment.endOffset()) {
                List<LogSlice> slices = segment.read(next, segment.endOffset(), CHUNK_BYTES);
                for (LogSlice slice : slices) {
                    for (RecordBatch batch : MemoryRecords.readableRecords(Slices.bytes(slice)).batches()) {
                        if (batch.isControlBatch()) {
                            transactions.onControlBatchRead(batch);
                        } else if (!transactions.onBatchRead(batch)) {
                            long full = noteKeys(batch, next, capacity, map);
                            if (full >= 0) {
                                return full;
                            }
                        }
                        next = batch.nextOffset();
                    }
                }
                if (slices.isEmpty()) {
                    next = segment.endOffset();
                }
            }
        }
        return next;
    }

    /** Those that were aborted, from an offset on. */
    private CleanedTransactionMetadata transactions(long from) {
        CleanedTransactionMetadata transactions = new CleanedTransactionMetadata();
        transactions.addAbortedTransactions(aborted.overlapping(from, Long.MAX_VALUE).stream()
            .map(entry -> new AbortedTxn().setProducerId(entry.producerId()).setFirstOffset(entry.firstOffset())
                .setLastOffset(entry.lastOffset()).setLastStableOffset(entry.lastStableOffset())).toList());
        return transactions;
    }

    /** Returns the first offset that found no place, or -1. */
    private static long noteKeys(RecordBatch batch, long from, int capacity, OffsetMap map) {
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING, BatchDecoder.MAX_UNPACKED_BYTES)) {
            while (records.hasNext()) {
                Record record = records.next();
                ByteBuffer key = record.key();
                if (key == null || record.offset() < from) {
                    continue;
                }
                if (map.size() >= capacity) {
                    return record.offset();
                }
                map.put(key, record.offset());
            }
            return -1;
        } catch (DigestException e) {
            throw new BrokerException(ErrorCode.INTERNAL, "no digest of a key: " + e.getMessage(), e);
        }
    }

    /** Writes what stays of neighbouring segments and puts it in their place; false when the log has gone on without them. */
    private boolean rewrite(List<Segment> group, CompactionFilter filter) {
        try (SegmentReplacement made = store.replace(id, group)) {
            boolean changed = group.size() > 1;
            for (Segment segment : group) {
                changed |= copy(segment, filter, made);
            }
            if (!changed) {
                return true;
            }
            made.prepare();
            if (!onLogThread(() -> writer.exchange(group, made, filter.abortMarkersGone()))) {
                return false;
            }
            made.finish();
            return true;
        }
    }

    /** Returns whether anything is not as it was. */
    private boolean copy(Segment segment, CompactionFilter filter, SegmentReplacement into) {
        boolean changed = false;
        ByteBuffer output = ByteBuffer.allocate(CHUNK_BYTES);
        long next = segment.baseOffset();
        while (next < segment.endOffset() && !state.isClosed()) {
            List<LogSlice> slices = segment.read(next, segment.endOffset(), CHUNK_BYTES);
            for (LogSlice slice : slices) {
                ByteBuffer batches = Slices.bytes(slice);
                next = endOffset(batches);
                MemoryRecords.FilterResult result = MemoryRecords.readableRecords(batches)
                    .filterTo(filter, output.clear(), BufferSupplier.NO_CACHING, BatchDecoder.MAX_UNPACKED_BYTES);
                output = result.outputBuffer();
                // Also when only the time of a tombstone's end was noted.
                changed |= !output.flip().equals(batches);
                into.append(output);
            }
            if (slices.isEmpty()) {
                next = segment.endOffset();
            }
        }
        return changed;
    }

    private static long endOffset(ByteBuffer batches) {
        long end = 0;
        for (int at = batches.position(); at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            end = BatchHeader.lastOffset(batches, at) + 1;
        }
        return end;
    }

    /** Returns when no pass is under way. */
    synchronized void awaitEnd() {
        // To have the lock is enough.
    }

    private <T> T onLogThread(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, thread).get();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new BrokerException(ErrorCode.CLOSED, "the broker is stopping", stopping);
        } catch (ExecutionException failure) {
            throw BrokerException.of(failure);
        }
    }
}
