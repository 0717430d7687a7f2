package io.tributary.core.model;

import java.util.Map;

/**
 * What a topic is created with.
 *
 * @param partitions   1 to {@link #MAX_PARTITIONS}
 * @param compaction   beside the retention; not together with {@link Retention.Kind#UNTIL_CONSUMED}
 * @param tiering      whether sealed segments are also kept in an object store; not together with compaction,
 *                     {@link Retention.Kind#UNTIL_CONSUMED} or {@link Storage#MEMORY}, which the broker refuses
 * @param segmentBytes a segment is sealed at this size
 * @param segmentMs    a segment is sealed, when something is appended, at this age in milliseconds, or earlier where the broker says so
 * @param maxBatchBytes the largest record batch taken
 * @param records      what becomes of the records that are taken
 * @param attributes   a protocol's own notes, which the core keeps and does not read; keys begin with the protocol's name and a dot
 */
public record TopicConfig(int partitions, Storage storage, Retention retention, Compaction compaction, Tiering tiering,
                          int segmentBytes, long segmentMs, int maxBatchBytes, RecordRules records,
                          Map<String, String> attributes) {
    public static final int MAX_PARTITIONS = 100_000;
    public static final int DEFAULT_SEGMENT_BYTES = 64 << 20;
    public static final int MIN_SEGMENT_BYTES = 14;
    /** Kafka's default of segment.ms: a week. */
    public static final long DEFAULT_SEGMENT_MS = 7L * 24 * 60 * 60 * 1000;
    /** Kafka's default of max.message.bytes. */
    public static final int DEFAULT_MAX_BATCH_BYTES = 1024 * 1024 + 12;

    /** Where the segments live. */
    public enum Storage { DURABLE, MEMORY }

    /**
     * What becomes of records when they are appended.
     *
     * @param delayHeaders whether records of clients' batches are looked at for the headers {@link HeaderNames#DELIVER_AT} and
     *                     {@link HeaderNames#DELAY}
     * @param appendTime   whether their timestamp is when they were appended (Kafka's {@code LogAppendTime}), whatever the publisher says
     * @param beforeMaxMs  otherwise: how far a publisher's timestamp may lie before now, in milliseconds
     * @param afterMaxMs   likewise behind
     */
    public record RecordRules(boolean delayHeaders, boolean appendTime, long beforeMaxMs, long afterMaxMs) {
        /** As in Kafka 4: any past, and an hour for a clock that is ahead. */
        public static final RecordRules DEFAULT = new RecordRules(false, false, Long.MAX_VALUE, 60L * 60 * 1000);

        /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
        public RecordRules {
            if (beforeMaxMs < 0 || afterMaxMs < 0) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a bound of timestamps is not negative");
            }
        }

        public RecordRules withDelayHeaders(boolean value) {
            return new RecordRules(value, appendTime, beforeMaxMs, afterMaxMs);
        }

        public RecordRules withAppendTime(boolean value) {
            return new RecordRules(delayHeaders, value, beforeMaxMs, afterMaxMs);
        }

        public RecordRules withBeforeMaxMs(long value) {
            return new RecordRules(delayHeaders, appendTime, value, afterMaxMs);
        }

        public RecordRules withAfterMaxMs(long value) {
            return new RecordRules(delayHeaders, appendTime, beforeMaxMs, value);
        }

        /** Whether a publisher may give this timestamp, in milliseconds since the epoch; one that says nothing (negative) it may. */
        public boolean takes(long timestamp, long nowMs) {
            return appendTime || timestamp < 0 || nowMs - timestamp <= beforeMaxMs && timestamp - nowMs <= afterMaxMs;
        }
    }

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public TopicConfig {
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a topic has 1 to " + MAX_PARTITIONS + " partitions, not " + partitions);
        }
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentMs < 1 || maxBatchBytes < 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "segment size, segment age or batch size out of bounds");
        }
        if (compaction.isOn() && retention.kind() == Retention.Kind.UNTIL_CONSUMED) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a topic that keeps its records until consumed is not compacted");
        }
        attributes = Map.copyOf(attributes);
    }

    /** Durable, with Kafka's default retention. */
    public static TopicConfig ofPartitions(int partitions) {
        return new TopicConfig(partitions, Storage.DURABLE, Retention.DEFAULT, Compaction.OFF, Tiering.OFF,
            DEFAULT_SEGMENT_BYTES, DEFAULT_SEGMENT_MS, DEFAULT_MAX_BATCH_BYTES, RecordRules.DEFAULT, Map.of());
    }

    public TopicConfig withPartitions(int count) {
        return new TopicConfig(count, storage, retention, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes, records, attributes);
    }

    public TopicConfig withStorage(Storage value) {
        return new TopicConfig(partitions, value, retention, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes,
            records, attributes);
    }

    public TopicConfig withRetention(Retention value) {
        return new TopicConfig(partitions, storage, value, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes,
            records, attributes);
    }

    public TopicConfig withCompaction(Compaction value) {
        return new TopicConfig(partitions, storage, retention, value, tiering, segmentBytes, segmentMs, maxBatchBytes, records, attributes);
    }

    public TopicConfig withTiering(Tiering value) {
        return new TopicConfig(partitions, storage, retention, compaction, value, segmentBytes, segmentMs, maxBatchBytes,
            records, attributes);
    }

    public TopicConfig withSegmentBytes(int value) {
        return new TopicConfig(partitions, storage, retention, compaction, tiering, value, segmentMs, maxBatchBytes, records, attributes);
    }

    public TopicConfig withSegmentMs(long value) {
        return new TopicConfig(partitions, storage, retention, compaction, tiering, segmentBytes, value, maxBatchBytes,
            records, attributes);
    }

    public TopicConfig withMaxBatchBytes(int value) {
        return new TopicConfig(partitions, storage, retention, compaction, tiering, segmentBytes, segmentMs, value, records, attributes);
    }

    public TopicConfig withRecords(RecordRules value) {
        return new TopicConfig(partitions, storage, retention, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes,
            value, attributes);
    }

    public TopicConfig withAttributes(Map<String, String> value) {
        return new TopicConfig(partitions, storage, retention, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes, records, value);
    }
}
