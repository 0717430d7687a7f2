package io.tributary.core.store.file;

import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The lane of durability {@code fsync}. A run is copied once, into memory of the lane, as an entry of the journal; from there its bytes
 * are written to the segment's file at once and, with everything else of the commit, to the journal.
 */
final class JournaledLane implements Lane {
    private static final int STAGING_BYTES = 1 << 20;
    private static final int KEPT_STAGINGS = 32;

    private final FileSegmentStore store;
    private final Journal journal;
    /** Memory that the journal is done with. */
    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger freeCount = new AtomicInteger();
    private List<ByteBuffer> staged = new ArrayList<>();
    private int generation;
    /** Groups up to this generation are not to be written, since one before them failed. Written by the journal's thread. */
    private volatile int failedGeneration = -1;

    JournaledLane(FileSegmentStore store, Journal journal) {
        this.store = store;
        this.journal = journal;
    }

    @Override
    public void append(Segment segment, List<ByteBuffer> batches) {
        FileSegment target = (FileSegment) segment;
        int start = target.extent().size();
        int stagedBefore = staged.size();
        int positionBefore = stagedBefore == 0 ? 0 : staged.get(stagedBefore - 1).position();
        try {
            target.cutRaggedEnd();
            int next = 0;
            long position = start;
            while (next < batches.size()) {
                ByteBuffer staging = roomFor(JournalEntry.HEADER_BYTES + batches.get(next).remaining());
                int entry = staging.position();
                int body = entry + JournalEntry.HEADER_BYTES;
                long base = FileSegmentStore.baseOffset(batches.get(next));
                staging.position(body);
                while (next < batches.size() && batches.get(next).remaining() <= staging.remaining()) {
                    staging.put(batches.get(next++).duplicate());
                }
                int length = staging.position() - body;
                JournalEntry.putHeader(staging, entry, JournalEntry.BATCHES, target.log(), base, length);
                target.file().write(staging.duplicate().position(body).limit(body + length), position);
                position += length;
            }
        } catch (IOException e) {
            while (staged.size() > stagedBefore) {
                recycle(staged.remove(staged.size() - 1));
            }
            if (stagedBefore > 0) {
                staged.get(stagedBefore - 1).position(positionBefore);
            }
            target.noteFailedWrite();
            throw target.file().failure("cannot append to", e);
        }
        store.noteAppended(target, batches);
    }

    private ByteBuffer roomFor(int bytes) {
        ByteBuffer last = staged.isEmpty() ? null : staged.get(staged.size() - 1);
        if (last != null && last.remaining() >= bytes) {
            return last;
        }
        ByteBuffer fresh = bytes <= STAGING_BYTES ? take() : ByteBuffer.allocateDirect(bytes);
        staged.add(fresh);
        return fresh;
    }

    private ByteBuffer take() {
        ByteBuffer kept = free.poll();
        if (kept == null) {
            return ByteBuffer.allocateDirect(STAGING_BYTES);
        }
        freeCount.decrementAndGet();
        return kept.clear();
    }

    private void recycle(ByteBuffer buffer) {
        if (buffer.capacity() == STAGING_BYTES && freeCount.get() < KEPT_STAGINGS) {
            freeCount.incrementAndGet();
            free.add(buffer);
        }
    }

    @Override
    public void moveStart(LogId log, long startOffset) {
        ByteBuffer staging = roomFor(JournalEntry.HEADER_BYTES);
        int entry = staging.position();
        JournalEntry.putHeader(staging, entry, JournalEntry.MOVE_START, log, startOffset, 0);
        staging.position(entry + JournalEntry.HEADER_BYTES);
        store.noteStart(log, startOffset);
    }

    @Override
    public void commit(Commit commit) {
        List<ByteBuffer> buffers = staged;
        staged = new ArrayList<>();
        buffers.forEach(ByteBuffer::flip);
        journal.submit(new Journal.Group(this, generation, buffers, commit));
    }

    /** Whether a group of this generation must not be written any more. Called by the journal's thread. */
    boolean isFailed(int groupGeneration) {
        return groupGeneration <= failedGeneration;
    }

    /** Called by the journal's thread. */
    void fail(int groupGeneration) {
        failedGeneration = groupGeneration;
    }

    /** Takes memory back. Called by the journal's thread. */
    void written(List<ByteBuffer> buffers) {
        buffers.forEach(this::recycle);
    }

    @Override
    public void reset() {
        staged.forEach(this::recycle);
        staged = new ArrayList<>();
        generation++;
    }

    @Override
    public void close() {
        // The journal ends with the store.
    }
}
