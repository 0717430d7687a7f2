package io.tributary.core.api;

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

    /**
     * Appends whole Kafka v2 record batches (KIP-98 format), which are kept byte for byte except for base offset and leader epoch. The
     * buffer is read from its position to its limit, changed in place, and must not be touched by the caller afterwards.
     *
     * <p>Fails with CORRUPT_BATCH, INVALID_BATCH, BATCH_TOO_LARGE, the idempotent producer's errors, LIMIT_EXCEEDED (too
     * much waits to be stored: try again), STORAGE_FAILURE or CLOSED. Either all batches are appended or none.
     */
    Append append(ByteBuffer batches);

    /**
     * Reads batches from the one that holds {@code offset}; completes at once, with no bytes when the offset is the high watermark.
     *
     * @param maxBytes no more than this unless the first batch is larger
     * @return fails with OFFSET_OUT_OF_RANGE or STORAGE_FAILURE
     */
    CompletionStage<LogRead> read(long offset, int maxBytes);

    /**
     * Reads decoded records from {@code offset} on; completes at once, with none when the offset is the high watermark. Control records
     * are left out. The result may pass {@code maxBytes} by one batch.
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

    /** Moves the log start up to {@code offset}, or to the high watermark if that is lower, and completes with the new log start. */
    CompletionStage<Long> deleteBefore(long offset);
}
