package io.tributary.core.log;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * One log's part of the tail cache. Written by the log thread, read by any.
 *
 * <p>What nobody reads is not kept: memory that lives for a while is what the garbage collector has to copy, and whoever comes later
 * reads the page cache. So a run is kept only while somebody has lately read up to the end of the log.
 */
final class TailWindow {
    private static final int MAX_SLICES = 256;
    /** Appended bytes for which a reader near the end is waited for to come back. */
    private static final long PATIENCE_BYTES = 16 << 20;

    /** Batches that were appended together; whole, and durable together. */
    record Run(long baseOffset, long endOffset, ByteBuffer bytes) {
    }

    private final ConcurrentSkipListMap<Long, Run> runs = new ConcurrentSkipListMap<>();
    /** Appended since a reader was last near the end; only the log thread adds. */
    private volatile long unreadBytes = PATIENCE_BYTES;

    /** A reader has all that there is, or soon will have, and may be back for what comes next. */
    void nearEnd() {
        unreadBytes = 0;
    }

    /** Keeps a run if it is likely to be read; returns whether it does. */
    boolean offer(Run run) {
        long unread = unreadBytes;
        if (unread >= PATIENCE_BYTES) {
            return false;
        }
        // A reader may be back in between: it will be again.
        unreadBytes = unread + run.bytes().remaining();
        runs.put(run.baseOffset(), run);
        return true;
    }

    /** Removes this very run; after a roll-back another, even an equal one, may be in its place. */
    @SuppressWarnings("ReferenceEquality")
    void remove(Run run) {
        runs.computeIfPresent(run.baseOffset(), (base, present) -> present == run ? null : present);
    }

    void truncate(long endOffset) {
        runs.tailMap(endOffset, true).clear();
    }

    /** Forgets what begins within these offsets: the log no longer has it like that. */
    void forget(long fromOffset, long toOffset) {
        runs.subMap(fromOffset, true, toOffset, false).clear();
    }

    void clear() {
        runs.clear();
    }

    /** Batches as of {@link io.tributary.core.store.Segment#read}, or null when the first is not here. */
    @Nullable List<LogSlice> read(long offset, long endOffset, int maxBytes) {
        Map.Entry<Long, Run> first = runs.floorEntry(offset);
        if (first == null || first.getValue().endOffset() <= offset) {
            return null;
        }
        List<LogSlice> slices = new ArrayList<>();
        long next = first.getKey();
        int left = maxBytes;
        for (Run run : runs.tailMap(next, true).values()) {
            if (run.baseOffset() != next || run.endOffset() > endOffset || slices.size() == MAX_SLICES) {
                break;
            }
            ByteBuffer slice = slices.isEmpty() ? cut(run.bytes(), offset, left, true) : cut(run.bytes(), next, left, false);
            if (slice.hasRemaining()) {
                slices.add(new LogSlice.Memory(slice));
            }
            int end = run.bytes().limit();
            if (slice.limit() < end) {
                break;
            }
            left -= slice.remaining();
            next = run.endOffset();
        }
        if (slices.isEmpty()) {
            return null;
        }
        nearEnd();
        return slices;
    }

    /** The whole batches of a run from the one that holds {@code offset} on, within {@code maxBytes} or the first. */
    private static ByteBuffer cut(ByteBuffer run, long offset, int maxBytes, boolean atLeastOne) {
        int start = run.position();
        while (BatchHeader.lastOffset(run, start) < offset) {
            start += (int) BatchHeader.sizeInBytes(run, start);
        }
        int end = run.limit();
        if (end - start > maxBytes) {
            end = start;
            while (end < run.limit()) {
                int next = end + (int) BatchHeader.sizeInBytes(run, end);
                if (next - start > maxBytes && !(atLeastOne && end == start)) {
                    break;
                }
                end = next;
            }
        }
        return run.duplicate().position(start).limit(end).asReadOnlyBuffer();
    }
}
