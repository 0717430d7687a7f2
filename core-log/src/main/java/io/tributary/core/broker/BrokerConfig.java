package io.tributary.core.broker;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.object.TierSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What a broker is opened with.
 *
 * @param dataDir           holds everything that outlives the process; one process at a time
 * @param durability        what "durable" means
 * @param logThreads        threads that write the logs, 1 to 64
 * @param tailCacheBytes    memory for the newest records, over all log threads
 * @param maxInFlightBytes  bound of what is appended and not yet committed, over all log threads; beyond it an append fails with
 *                          LIMIT_EXCEEDED
 * @param journalFileBytes  size of one file of the journal, at least 1 MiB
 * @param checkpointEvery   how long the journal is kept at most before the segments are forced and it can go
 * @param retentionEvery    how often what has passed its retention is removed
 * @param maxSegmentAge     a segment is sealed when it is so old, if its topic does not say earlier
 * @param autoCreateTopics  whether topics are made by use
 * @param topicDefaults     what they are made with
 * @param tier              where topics may keep sealed segments beside the local disk; null for nowhere
 */
public record BrokerConfig(Path dataDir, Durability durability, int logThreads, long tailCacheBytes, long maxInFlightBytes,
                           int journalFileBytes, Duration checkpointEvery, Duration retentionEvery, Duration maxSegmentAge,
                           boolean autoCreateTopics, TopicConfig topicDefaults, int nodeId, InstantSource clock,
                           @Nullable TierSettings tier) {
    private static final int MAX_LOG_THREADS = 64;
    private static final int MIN_JOURNAL_FILE_BYTES = 1 << 20;
    private static final long MIB = 1 << 20;
    /** Ten years: what a topic says counts. */
    private static final Duration LONGEST_SEGMENT_AGE = Duration.ofDays(3_650);

    /** What an acknowledgement promises. */
    public enum Durability {
        /** On the disk. */
        FSYNC,
        /** In the operating system's page cache: outlives the process, not the machine. */
        OS
    }

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public BrokerConfig {
        require(logThreads >= 1 && logThreads <= MAX_LOG_THREADS, "log threads: 1 to " + MAX_LOG_THREADS);
        require(tailCacheBytes >= 0 && maxInFlightBytes >= MIB, "tail cache: at least 0 bytes; bytes in flight: at least 1 MiB");
        require(journalFileBytes >= MIN_JOURNAL_FILE_BYTES, "a journal file has at least 1 MiB");
        require(nodeId >= 0, "a node's number is not negative");
        require(checkpointEvery.toMillis() > 0 && retentionEvery.toMillis() > 0 && maxSegmentAge.toMillis() > 0,
            "intervals are longer than zero");
    }

    /**
     * The defaults: fsync, a log thread for two processors, an eighth of the heap for what is in flight, and a 64th for the tail: what
     * lies there for long the garbage collector has to copy, and readers who come later find it in the page cache.
     */
    public static BrokerConfig of(Path dataDir) {
        long heap = Runtime.getRuntime().maxMemory();
        return new BrokerConfig(dataDir, Durability.FSYNC, Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            Math.min(heap / 64, 64 * MIB), Math.max(MIB, Math.min(heap / 8, 256 * MIB)), (int) (64 * MIB), Duration.ofSeconds(30),
            Duration.ofSeconds(10), LONGEST_SEGMENT_AGE, true, TopicConfig.ofPartitions(1), 0, InstantSource.system(),
            null);
    }

    public BrokerConfig withDurability(Durability value) {
        return new BrokerConfig(dataDir, value, logThreads, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, clock, tier);
    }

    public BrokerConfig withLogThreads(int value) {
        return new BrokerConfig(dataDir, durability, value, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, clock, tier);
    }

    public BrokerConfig withMemory(long tailCache, long maxInFlight) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCache, maxInFlight, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, clock, tier);
    }

    public BrokerConfig withJournalFileBytes(int value) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCacheBytes, maxInFlightBytes, value, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, clock, tier);
    }

    public BrokerConfig withIntervals(Duration checkpoint, Duration retention, Duration segmentAge) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpoint,
            retention, segmentAge, autoCreateTopics, topicDefaults, nodeId, clock, tier);
    }

    public BrokerConfig withTopics(boolean autoCreate, TopicConfig defaults) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreate, defaults, nodeId, clock, tier);
    }

    public BrokerConfig withClock(InstantSource value) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, value, tier);
    }

    public BrokerConfig withTier(@Nullable TierSettings value) {
        return new BrokerConfig(dataDir, durability, logThreads, tailCacheBytes, maxInFlightBytes, journalFileBytes, checkpointEvery,
            retentionEvery, maxSegmentAge, autoCreateTopics, topicDefaults, nodeId, clock, value);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
        }
    }
}
