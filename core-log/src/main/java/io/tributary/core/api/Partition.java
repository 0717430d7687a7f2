package io.tributary.core.api;

import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One partition's log. Offsets are dense; readers see what lies before the high watermark. */
public interface Partition {
    PartitionId id();

    /** The first offset that is kept. */
    long logStartOffset();

    /** The offset after the last record that is durable and may be read. */
    long highWatermark();

    /** The offset before which no transaction is open; at most the high watermark. */
    long lastStableOffset();

    /** Counts the owners that the log has had, from 0. */
    int leaderEpoch();

    /** The size of what is kept, in bytes. */
    long sizeInBytes();

    /** What it holds, and what was appended and read since the process began. Cheap. */
    LogStats stats();

    /**
     * Appends whole Kafka v2 record batches (KIP-98 format), which are kept byte for byte except for base offset and leader epoch, and for
     * the timestamp where the topic's are those of the append. The buffer is read from its position to its limit, changed in place, and
     * must not be touched by the caller afterwards.
     *
     * <p>Fails with CORRUPT_BATCH, INVALID_BATCH, INVALID_TIMESTAMP, BATCH_TOO_LARGE, the idempotent producer's errors,
     * INVALID_TRANSACTION, LIMIT_EXCEEDED (too much waits to be stored: try again), STORAGE_FAILURE or CLOSED. Either all batches are
     * appended or none.
     */
    Append append(ByteBuffer batches);

    /**
     * As {@link #append}, of batches that may lack records or have none: their offsets are taken and stay empty, as compaction leaves
     * them, and a producer's sequences go on behind them. The caller made them of batches that it checked as {@link #append} does.
     */
    Append appendWithGaps(ByteBuffer batches);

    /**
     * As {@link #append}, and takes transactional batches: the first of a producer begins a transaction here. The caller knows from the
     * transaction's coordinator that the partition is part of it, so that somebody will end it.
     */
    Append appendInTransaction(ByteBuffer batches);

    /**
     * As {@link #appendInTransaction}, for what a coordinator writes: the markers that end transactions (control batches, KIP-98), and
     * batches of a producer that carry no sequence.
     *
     * @param transactionVersion 2 when a marker's epoch must be above that of the transaction's batches (KIP-890), otherwise 0
     * @return fails with COORDINATOR_FENCED too
     */
    Append appendAsCoordinator(ByteBuffer batches, short transactionVersion);

    /**
     * Reads batches from the one that holds {@code offset}; completes at once, with no bytes when the offset is the high watermark.
     *
     * @param maxBytes no more than this unless the first batch is larger
     * @return fails with OFFSET_OUT_OF_RANGE or STORAGE_FAILURE
     */
    CompletionStage<LogRead> read(long offset, int maxBytes);

    /** As {@link #read}, only of what lies before the last stable offset, and with the transactions in it that were aborted. */
    CompletionStage<LogRead> readCommitted(long offset, int maxBytes);

    /**
     * Reads decoded records from {@code offset} on, of those before the last stable offset; completes at once, with none when no other is
     * left. Control records and those of aborted transactions are left out. The result may pass {@code maxBytes} by one batch.
     *
     * @return fails with OFFSET_OUT_OF_RANGE or STORAGE_FAILURE
     */
    CompletionStage<List<Record>> readRecords(long offset, int maxRecords, int maxBytes);

    /** The first record whose timestamp (milliseconds since the epoch) is at or after the given one. */
    CompletionStage<TimestampLookup> lookUpTimestamp(long timestampMs);

    /**
     * Calls the listener, on a core thread, after the high watermark, the last stable offset or the log start has moved. Calls may be
     * merged.
     */
    Registration onAdvance(Runnable listener);

    /**
     * The producers with sequences or transactions that the log remembers, as it is when this completes; at most as many as have written
     * within a day.
     *
     * @return fails with STORAGE_FAILURE or CLOSED
     */
    CompletionStage<List<ActiveProducer>> activeProducers();

    /** Moves the log start up to {@code offset}, or to the high watermark if that is lower, and completes with the new log start. */
    CompletionStage<Long> deleteBefore(long offset);
}
