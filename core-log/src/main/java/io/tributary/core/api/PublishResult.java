package io.tributary.core.api;

import org.jspecify.annotations.Nullable;

/**
 * Where a record was stored, or that it waits.
 *
 * @param partition  {@link #WAITING} for a record that is not due yet
 * @param offset     likewise
 * @param timestamp  milliseconds since the epoch; of a record that waits, when it is due
 * @param routes     the queue subscriptions that it matched, or {@link #NOT_COUNTED}
 * @param scheduleId of a record that waits, to cancel it with; otherwise null
 */
public record PublishResult(int partition, long offset, long timestamp, int routes, @Nullable String scheduleId) {
    public static final int NOT_COUNTED = -1;
    public static final int WAITING = -1;

    /** Of a record that was stored in its topic. */
    public PublishResult(int partition, long offset, long timestamp, int routes) {
        this(partition, offset, timestamp, routes, null);
    }

    /** Of a record that waits. */
    public static PublishResult waiting(String scheduleId, long dueMs) {
        return new PublishResult(WAITING, WAITING, dueMs, NOT_COUNTED, scheduleId);
    }

    public boolean isWaiting() {
        return scheduleId != null;
    }
}
