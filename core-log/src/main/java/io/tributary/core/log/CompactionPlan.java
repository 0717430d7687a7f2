package io.tributary.core.log;

import io.tributary.core.model.Compaction;
import io.tributary.core.store.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a compaction of a log has to look at.
 *
 * @param segments  from the log's first on: sealed, durable, old enough, and followed by another
 * @param dirtyFrom before this offset no key stands twice
 */
record CompactionPlan(List<Segment> segments, long dirtyFrom) {
    /** The plan, or null when a pass is not worth it yet. */
    static @Nullable CompactionPlan of(LogState state, Compaction config, Predicate<Segment> replaceable, long nowMs) {
        List<Segment> all = state.segments();
        List<Segment> taken = new ArrayList<>();
        long dirtyFrom = state.compactedBefore();
        long clean = 0;
        long dirty = 0;
        for (Segment segment : all.subList(0, Math.max(0, all.size() - 1))) {
            boolean old = segment.endOffset() <= dirtyFrom || config.minLagMs() == 0 || segment.maxTimestamp() < nowMs - config.minLagMs();
            if (segment.endOffset() > state.lastStableOffset() || !old || !replaceable.test(segment)) {
                break;
            }
            taken.add(segment);
            if (segment.endOffset() <= dirtyFrom) {
                clean += segment.sizeInBytes();
            } else {
                dirty += segment.sizeInBytes();
            }
        }
        if (dirty == 0 || dirty < config.minDirtyRatio() * (clean + dirty)) {
            return null;
        }
        return new CompactionPlan(taken, Math.max(dirtyFrom, taken.get(0).baseOffset()));
    }

    /** Neighbours that fit into one segment together, of those that hold anything before an offset. */
    List<List<Segment>> groupsBefore(long offset, int segmentBytes) {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        for (Segment segment : segments) {
            if (segment.baseOffset() >= offset) {
                break;
            }
            boolean fits = !group.isEmpty() && bytes + segment.sizeInBytes() <= segmentBytes
                && segment.endOffset() - group.get(0).baseOffset() <= Integer.MAX_VALUE;
            if (!fits) {
                group = new ArrayList<>();
                groups.add(group);
                bytes = 0;
            }
            group.add(segment);
            bytes += segment.sizeInBytes();
        }
        return groups;
    }
}
