package io.tributary.core.log;

import io.tributary.core.store.Segment;
import java.util.List;

/**
 * What readers need to know of a log, written by its log thread. Order of writing: segments grow before the high watermark does; the log
 * start moves before segments go.
 */
final class LogState {
    private volatile long startOffset;
    private volatile long highWatermark;
    private volatile long lastStableOffset;
    private volatile List<Segment> segments;
    private volatile long compactedBefore;
    private volatile boolean closed;

    LogState(long startOffset, long compactedBefore, List<Segment> segments) {
        this.compactedBefore = compactedBefore;
        this.segments = List.copyOf(segments);
        this.highWatermark = segments.isEmpty() ? startOffset : segments.get(segments.size() - 1).endOffset();
        this.startOffset = Math.min(startOffset, highWatermark);
        this.lastStableOffset = highWatermark;
    }

    long startOffset() {
        return startOffset;
    }

    long highWatermark() {
        return highWatermark;
    }

    /** Before it no transaction is open; at most the high watermark that is read after it. */
    long lastStableOffset() {
        return lastStableOffset;
    }

    /** By base offset; immutable. */
    List<Segment> segments() {
        return segments;
    }

    /** Before this offset compaction has left every key once. */
    long compactedBefore() {
        return compactedBefore;
    }

    void setCompactedBefore(long offset) {
        compactedBefore = offset;
    }

    boolean isClosed() {
        return closed;
    }

    void setStartOffset(long offset) {
        startOffset = offset;
    }

    void setHighWatermark(long offset) {
        highWatermark = offset;
    }

    void setLastStableOffset(long offset) {
        lastStableOffset = offset;
    }

    void setSegments(List<Segment> now) {
        segments = List.copyOf(now);
    }

    void close() {
        closed = true;
    }

    long sizeInBytes() {
        long size = 0;
        for (Segment segment : segments) {
            size += segment.sizeInBytes();
        }
        return size;
    }
}
