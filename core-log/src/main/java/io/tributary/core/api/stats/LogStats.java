package io.tributary.core.api.stats;

/**
 * A partition, or several together. Counters begin with the process. What is read is counted in bytes alone: a Kafka consumer is sent
 * ranges of a file, in which nobody counts records.
 *
 * @param records         offsets from the log's start to its end; compaction leaves fewer records
 * @param sizeInBytes     of what is kept
 * @param appendedRecords that became durable
 * @param appendedBytes   of the batches written; what could not be made durable, and was taken back, included
 * @param readBytes       of the batches read, by clients and by subscriptions; what many subscriptions read together counts once
 * @param recordsAppended per second
 * @param bytesAppended   per second
 * @param bytesRead       per second
 */
public record LogStats(long records, long sizeInBytes, long appendedRecords, long appendedBytes, long readBytes, Rate recordsAppended,
                       Rate bytesAppended, Rate bytesRead) {
    public static final LogStats ZERO = new LogStats(0, 0, 0, 0, 0, Rate.NONE, Rate.NONE, Rate.NONE);

    public LogStats plus(LogStats other) {
        return new LogStats(records + other.records, sizeInBytes + other.sizeInBytes, appendedRecords + other.appendedRecords,
            appendedBytes + other.appendedBytes, readBytes + other.readBytes, recordsAppended.plus(other.recordsAppended),
            bytesAppended.plus(other.bytesAppended), bytesRead.plus(other.bytesRead));
    }

    /** What stays in the sums when the log is gone. */
    public LogStats countersOnly() {
        return new LogStats(0, 0, appendedRecords, appendedBytes, readBytes, Rate.NONE, Rate.NONE, Rate.NONE);
    }
}
