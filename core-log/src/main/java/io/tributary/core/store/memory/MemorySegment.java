package io.tributary.core.store.memory;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** A segment on the heap: its batches by base offset. */
final class MemorySegment implements Segment {
    private final long baseOffset;
    private final ConcurrentSkipListMap<Long, ByteBuffer> batches = new ConcurrentSkipListMap<>();
    private final AtomicLong total;
    private volatile SegmentExtent extent;

    /**
     * An empty segment.
     *
     * @param total what all segments hold
     */
    MemorySegment(long baseOffset, AtomicLong total) {
        this.total = total;
        this.baseOffset = baseOffset;
        this.extent = SegmentExtent.empty(baseOffset);
    }

    void append(List<ByteBuffer> run) {
        SegmentExtent before = extent;
        long end = before.endOffset();
        int size = before.size();
        long maxTimestamp = before.maxTimestamp();
        for (ByteBuffer buffer : run) {
            int at = buffer.position();
            while (at < buffer.limit()) {
                int length = (int) BatchHeader.sizeInBytes(buffer, at);
                batches.put(BatchHeader.baseOffset(buffer, at), buffer.slice(at, length).asReadOnlyBuffer());
                end = BatchHeader.lastOffset(buffer, at) + 1;
                size += length;
                maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(buffer, at));
                at += length;
            }
        }
        total.addAndGet(size - before.size());
        extent = new SegmentExtent(end, size, maxTimestamp);
    }

    /** Says where it ends, when its last batches are gone. */
    void endAt(long endOffset) {
        SegmentExtent now = extent;
        extent = new SegmentExtent(endOffset, now.size(), now.maxTimestamp());
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public SegmentExtent extent() {
        return extent;
    }

    @Override
    public List<LogSlice> read(long offset, long endOffset, int maxBytes) {
        List<LogSlice> slices = new ArrayList<>();
        Long floor = batches.floorKey(offset);
        long size = 0;
        for (ByteBuffer batch : batches.subMap(floor == null ? offset : floor, true, endOffset, false).values()) {
            if (BatchHeader.lastOffset(batch, 0) < offset) {
                continue;
            }
            size += batch.limit();
            if (size > maxBytes && !slices.isEmpty()) {
                break;
            }
            slices.add(new LogSlice.Memory(batch.duplicate()));
        }
        return slices;
    }

    @Override
    public long offsetBefore(long timestampMs) {
        for (Map.Entry<Long, ByteBuffer> entry : batches.entrySet()) {
            if (BatchHeader.maxTimestamp(entry.getValue(), 0) >= timestampMs) {
                return entry.getKey();
            }
        }
        return endOffset();
    }

    @Override
    public void truncate(long endOffset) {
        batches.tailMap(endOffset, true).clear();
        int size = 0;
        long maxTimestamp = Long.MIN_VALUE;
        for (ByteBuffer batch : batches.values()) {
            size += batch.limit();
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batch, 0));
        }
        total.addAndGet(size - extent.size());
        extent = new SegmentExtent(endOffset, size, maxTimestamp);
    }

    @Override
    public void seal() {
        // Nothing tells a sealed segment on the heap from an open one.
    }

    @Override
    public void delete() {
        // Readers may hold batches; the rest goes with the last reference to this object.
        total.addAndGet(-extent.size());
    }
}
