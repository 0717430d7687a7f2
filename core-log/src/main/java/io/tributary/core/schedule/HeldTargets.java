package io.tributary.core.schedule;

import io.tributary.core.schedule.index.ScheduleKey;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Targets that failed, each with a pause that doubles. Meanwhile their rows are passed over, so that they stall nobody else, and afterwards
 * fired in their order. Belongs to the schedule's thread. Memory: one small object for each topic that fails.
 */
final class HeldTargets {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** One target. */
    private static final class Held {
        long untilNanos;
        long pauseNanos;
        /** The first row that was passed over; null when the pause is over and the next attempt has not failed yet. */
        @Nullable ScheduleKey first;
    }

    private final Map<Long, Held> targets = new HashMap<>();

    boolean isHeld(long target) {
        Held held = targets.get(target);
        return held != null && held.first != null;
    }

    /** An attempt failed at this row. */
    void hold(long target, ScheduleKey row, long nowNanos) {
        Held held = targets.computeIfAbsent(target, any -> new Held());
        if (held.first == null) {
            held.pauseNanos = held.pauseNanos == 0 ? FIRST_NANOS : Math.min(LAST_NANOS, held.pauseNanos * 2);
            held.untilNanos = nowNanos + held.pauseNanos;
            held.first = row;
        } else {
            passOver(target, row);
        }
    }

    /** A row of a held target was come across. */
    void passOver(long target, ScheduleKey row) {
        Held held = targets.get(target);
        if (held != null && (held.first == null || row.compareTo(held.first) < 0)) {
            held.first = row;
        }
    }

    /** An attempt succeeded. */
    void succeeded(long target) {
        targets.remove(target);
    }

    /** Lets those go whose pause is over; the cursor finds their rows again. */
    void release(long nowNanos, DueCursor cursor) {
        for (Held held : targets.values()) {
            if (held.first != null && nowNanos - held.untilNanos >= 0) {
                cursor.lower(held.first);
                held.first = null;
            }
        }
    }

    /** How long until one is let go; {@link Long#MAX_VALUE} when none is held. */
    long nanosLeft(long nowNanos) {
        long left = Long.MAX_VALUE;
        for (Held held : targets.values()) {
            if (held.first != null) {
                left = Math.min(left, held.untilNanos - nowNanos);
            }
        }
        return left;
    }

    /** When the first row that is held was due. */
    long firstDueMs() {
        long first = DueCursor.NEVER;
        for (Held held : targets.values()) {
            if (held.first != null) {
                first = Math.min(first, held.first.dueMs());
            }
        }
        return first;
    }

    /** Forgets topics that are no more, and everything when the index is looked through from its beginning. */
    void clear() {
        targets.clear();
    }

    /** Forgets those that have nothing to fire any more: their topic is gone, or what was held was cancelled. */
    void forgetIdle() {
        for (Iterator<Held> each = targets.values().iterator(); each.hasNext();) {
            if (each.next().first == null) {
                each.remove();
            }
        }
    }
}
