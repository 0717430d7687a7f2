package io.tributary.core.model;

/**
 * How many records may wait in a queue subscription; what is delivered and not settled does not count. Held against what is known when a
 * record is published, so that many who publish at the same time may pass it for a moment.
 *
 * @param maxRecords {@link #UNLIMITED} for any number
 * @param maxBytes   of the waiting records' values, or {@link #UNLIMITED}; those that already waited when the process started do not count
 */
public record BacklogLimit(long maxRecords, long maxBytes, Overflow overflow) {
    public static final long UNLIMITED = Long.MAX_VALUE;
    public static final BacklogLimit NONE = new BacklogLimit(UNLIMITED, UNLIMITED, Overflow.DROP_HEAD);

    /** What happens beyond. */
    public enum Overflow {
        /** The oldest that wait end, with {@link DeadLetterReason#MAX_LENGTH}. */
        DROP_HEAD,
        /** Publishers of single records are refused with BACKLOG_FULL what the subscription would take; batches are taken all the same. */
        REJECT
    }

    /** Refuses negative bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public BacklogLimit {
        if (maxRecords < 0 || maxBytes < 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a backlog's limits are not negative");
        }
    }

    public boolean isNone() {
        return maxRecords == UNLIMITED && maxBytes == UNLIMITED;
    }

    /** Whether so much is more than may wait. */
    public boolean isPassedBy(long records, long bytes) {
        return records > maxRecords || bytes > maxBytes;
    }

    /** Whether nothing more may wait. */
    public boolean isReachedBy(long records, long bytes) {
        return records >= maxRecords || bytes >= maxBytes;
    }
}
