package io.tributary.core.store.memory;

import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A segment on the heap that takes the place of others. */
final class MemorySegmentReplacement implements SegmentReplacement {
    private final List<Segment> old;
    private final MemorySegment segment;
    private boolean committed;

    MemorySegmentReplacement(List<Segment> old, AtomicLong total) {
        this.old = List.copyOf(old);
        this.segment = new MemorySegment(old.get(0).baseOffset(), total);
    }

    @Override
    public void append(ByteBuffer batches) {
        segment.append(List.of(batches));
    }

    @Override
    public void prepare() {
        segment.endAt(old.get(old.size() - 1).endOffset());
    }

    @Override
    public Segment commit() {
        committed = true;
        return segment;
    }

    @Override
    public void finish() {
        old.forEach(Segment::delete);
    }

    @Override
    public void close() {
        if (!committed) {
            segment.delete();
        }
    }
}
