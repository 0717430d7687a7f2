package io.tributary.core.log;

import io.tributary.core.model.Retention;
import io.tributary.core.store.Segment;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where a log may begin by its topic's retention. Whole segments go. What a queue subscription has not acknowledged stays, whatever its
 * age, but not beyond the size that the topic allows.
 */
final class RetentionRule {
    /** A log that is all consumed lets its last segment go when it has this size or age; sooner is not worth a file. */
    private static final long WORTH_BYTES = 1 << 20;
    private static final long WORTH_MS = 60_000;

    private RetentionRule() {
    }

    /**
     * What a log holds.
     *
     * @param segments    the sealed ones, by base offset
     * @param activeBytes the size of the one that is written
     */
    record Holding(List<Segment> segments, long activeBytes, long highWatermark) {
    }

    /** The first offset to keep; at most the high watermark. Asks for the consumed floor only when it matters. */
    static long start(Holding log, Retention retention, long nowMs, LongSupplier consumedFloor) {
        return retention.kind() == Retention.Kind.UNTIL_CONSUMED
            ? byFloor(log.segments(), log.highWatermark(), consumedFloor)
            : Math.max(bySize(log, retention), byTime(log.segments(), retention, log.highWatermark(), nowMs, consumedFloor));
    }

    private static long byFloor(List<Segment> segments, long highWatermark, LongSupplier consumedFloor) {
        if (segments.isEmpty() || segments.get(0).endOffset() > highWatermark || segments.get(0).sizeInBytes() == 0) {
            return 0;
        }
        return endBefore(segments, Math.min(consumedFloor.getAsLong(), highWatermark));
    }

    private static long byTime(List<Segment> segments, Retention retention, long highWatermark, long nowMs, LongSupplier consumedFloor) {
        if (retention.maxAgeMs() == Retention.UNLIMITED) {
            return 0;
        }
        long end = 0;
        for (Segment segment : segments) {
            if (segment.sizeInBytes() > 0 && !isOlder(segment, nowMs - retention.maxAgeMs()) || segment.endOffset() > highWatermark) {
                break;
            }
            end = segment.endOffset();
        }
        return end == 0 || end <= segments.get(0).baseOffset() ? 0 : endBefore(segments, Math.min(end, consumedFloor.getAsLong()));
    }

    private static boolean isOlder(Segment segment, long thanMs) {
        return segment.maxTimestamp() < thanMs;
    }

    private static long bySize(Holding log, Retention retention) {
        if (retention.maxBytes() == Retention.UNLIMITED) {
            return 0;
        }
        long size = log.activeBytes();
        for (Segment segment : log.segments()) {
            size += segment.sizeInBytes();
        }
        long end = 0;
        for (Segment segment : log.segments()) {
            size -= segment.sizeInBytes();
            if (size < retention.maxBytes() || segment.endOffset() > log.highWatermark()) {
                break;
            }
            end = segment.endOffset();
        }
        return end;
    }

    /** The end of the last segment that ends at or before an offset. */
    private static long endBefore(List<Segment> segments, long offset) {
        long end = 0;
        for (Segment segment : segments) {
            if (segment.endOffset() > offset) {
                break;
            }
            end = segment.endOffset();
        }
        return end;
    }

    /** Whether the segment that is written should be sealed, so that it can go. */
    static boolean sealsActive(Segment active, Retention retention, long highWatermark, long activeSinceMs, long nowMs) {
        if (active.sizeInBytes() == 0 || active.endOffset() > highWatermark) {
            return false;
        }
        if (retention.kind() == Retention.Kind.UNTIL_CONSUMED) {
            return active.sizeInBytes() >= WORTH_BYTES || nowMs - activeSinceMs >= WORTH_MS;
        }
        return retention.maxAgeMs() != Retention.UNLIMITED && isOlder(active, nowMs - retention.maxAgeMs());
    }
}
