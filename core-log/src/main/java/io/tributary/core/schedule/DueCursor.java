package io.tributary.core.schedule;

import io.tributary.core.schedule.index.ScheduleKey;
import org.jspecify.annotations.Nullable;

/**
 * Where the next look for what is due begins, so that neither rows that were just removed nor those of targets that fail are passed over
 * again and again. Belongs to the schedule's thread.
 */
final class DueCursor {
    /** Nothing waits, or nothing that is not held back. */
    static final long NEVER = Long.MAX_VALUE;

    private @Nullable ScheduleKey from;
    private long nextDueMs;

    /** Before this there is nothing to fire; null before the first look. */
    @Nullable ScheduleKey from() {
        return from;
    }

    /** When there is something to fire, in milliseconds since the epoch; perhaps earlier. */
    long nextDueMs() {
        return nextDueMs;
    }

    /** The look ended here: everything before is fired or held back. */
    void advance(@Nullable ScheduleKey to, long dueMs) {
        from = to;
        nextDueMs = dueMs;
    }

    /** There is something to fire here, perhaps before the present place. */
    void lower(ScheduleKey key) {
        nextDueMs = Math.min(nextDueMs, key.dueMs());
        ScheduleKey now = from;
        if (now != null && key.compareTo(now) < 0) {
            from = key;
        }
    }

    /** Nothing is known. */
    void reset() {
        from = null;
        nextDueMs = 0;
    }
}
