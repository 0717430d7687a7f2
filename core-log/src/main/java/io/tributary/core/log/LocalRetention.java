package io.tributary.core.log;

import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.Segment;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Has the sealed segments of a log put into the second tier, and lets those local files go that have passed the local retention and are
 * there. The oldest go first, without a gap.
 */
final class LocalRetention {
    /** The log's last segments stay: appends, producers and most readers are there. */
    private static final int ALWAYS_LOCAL = 2;

    private final List<Segment> segments;
    private final long highWatermark;
    private final long startOffset;
    private final Retention local;
    private final long nowMs;

    LocalRetention(LogState state, TopicConfig config, long nowMs) {
        this.segments = state.segments();
        this.highWatermark = state.highWatermark();
        this.startOffset = state.startOffset();
        this.local = config.tiering().local(config.retention());
        this.nowMs = nowMs;
    }

    /**
     * Looks once; to be called on the log's thread now and then.
     *
     * @param beforeRelease told the offset before which reads will be slow from now on, when there is one
     */
    void apply(LongConsumer beforeRelease) {
        long localBytes = 0;
        int offloaded = 0;
        boolean gap = false;
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            localBytes += segment.isLocal() ? segment.sizeInBytes() : 0;
            boolean wanted = i < segments.size() - 1 && segment.endOffset() <= highWatermark && segment.endOffset() > startOffset;
            // Asked for all of them, whatever becomes of those before.
            gap |= !(wanted && segment.offload());
            offloaded = gap ? offloaded : i + 1;
        }
        int end = passed(Math.min(offloaded, segments.size() - ALWAYS_LOCAL), localBytes);
        List<Segment> released = segments.subList(0, end).stream().filter(Segment::isLocal).toList();
        if (!released.isEmpty()) {
            beforeRelease.accept(released.get(released.size() - 1).endOffset());
            released.forEach(Segment::releaseLocal);
        }
    }

    /** How many segments, of so many first ones, have passed the local retention. */
    private int passed(int limit, long localBytes) {
        long left = localBytes;
        int count = 0;
        while (count < limit) {
            Segment segment = segments.get(count);
            if (segment.isLocal()) {
                left -= segment.sizeInBytes();
                boolean old = local.maxAgeMs() != Retention.UNLIMITED && segment.maxTimestamp() < nowMs - local.maxAgeMs();
                boolean large = local.maxBytes() != Retention.UNLIMITED && left >= local.maxBytes();
                if (!old && !large) {
                    break;
                }
            }
            count++;
        }
        return Math.max(count, 0);
    }
}
