package io.tributary.core.model;

/**
 * Whether a topic keeps only the last record of every key, and when the others go. Kafka's {@code cleanup.policy}: the offsets of those
 * that stay do not change, and a record without a value removes its key, itself too after a while.
 *
 * @param minLagMs             a record stays for at least this time, in milliseconds ({@code min.compaction.lag.ms})
 * @param tombstoneRetentionMs how long a record without a value stays once it is the last of its key ({@code delete.retention.ms})
 * @param minDirtyRatio        the share of a log's sealed bytes that must be new to make a pass worth it, 0 to 1
 *                             ({@code min.cleanable.dirty.ratio})
 */
public record Compaction(Mode mode, long minLagMs, long tombstoneRetentionMs, double minDirtyRatio) {
    /** Kafka's default of delete.retention.ms. */
    public static final long DEFAULT_TOMBSTONE_RETENTION_MS = 24L * 60 * 60 * 1000;
    /** Every record stays for as long as the retention says. */
    public static final Compaction OFF = new Compaction(Mode.OFF, 0, DEFAULT_TOMBSTONE_RETENTION_MS, 0.5);
    /** The last record of every key stays for ever; the rest as Kafka's defaults say. */
    public static final Compaction ON = OFF.withMode(Mode.COMPACT);

    /** What removes records. */
    public enum Mode {
        /** The retention alone. */
        OFF,
        /** Later records of the same key alone. */
        COMPACT,
        /** Both. */
        COMPACT_AND_DELETE
    }

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public Compaction {
        if (minLagMs < 0 || tombstoneRetentionMs < 0 || !(minDirtyRatio >= 0 && minDirtyRatio <= 1)) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "compaction takes times that are not negative and a ratio of 0 to 1");
        }
    }

    /** Whether records need a key, and only the last of each stays. */
    public boolean isOn() {
        return mode != Mode.OFF;
    }

    /** Whether the retention counts. */
    public boolean deletes() {
        return mode != Mode.COMPACT;
    }

    public Compaction withMode(Mode value) {
        return new Compaction(value, minLagMs, tombstoneRetentionMs, minDirtyRatio);
    }

    public Compaction withMinLagMs(long value) {
        return new Compaction(mode, value, tombstoneRetentionMs, minDirtyRatio);
    }

    public Compaction withTombstoneRetentionMs(long value) {
        return new Compaction(mode, minLagMs, value, minDirtyRatio);
    }

    public Compaction withMinDirtyRatio(double value) {
        return new Compaction(mode, minLagMs, tombstoneRetentionMs, value);
    }
}
