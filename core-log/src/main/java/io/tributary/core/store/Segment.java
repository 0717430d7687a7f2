package io.tributary.core.store;

import io.tributary.core.api.LogSlice;
import java.util.List;

/** A run of a log's batches. Changed by its log's thread alone; the accessors may be called, and reads made, on any thread. */
public interface Segment {
    long baseOffset();

    /** What it holds now. */
    SegmentExtent extent();

    /** The offset after the last record appended. */
    default long endOffset() {
        return extent().endOffset();
    }

    default long sizeInBytes() {
        return extent().size();
    }

    /** The largest timestamp of its batches, in milliseconds since the epoch; {@link Long#MIN_VALUE} when it is empty. */
    default long maxTimestamp() {
        return extent().maxTimestamp();
    }

    /**
     * Whole batches, from the one that holds {@code offset}, or the next one if compaction has taken that, and all before
     * {@code endOffset}; none when there is none left.
     *
     * @param offset    from the base offset to before the end offset
     * @param endOffset a batch's boundary
     * @param maxBytes  no more than this unless the first batch is larger
     * @throws io.tributary.core.model.BrokerException STORAGE_FAILURE
     */
    List<LogSlice> read(long offset, long endOffset, int maxBytes);

    /** An offset before which every record's timestamp is below the given one; near the first at or after it. */
    long offsetBefore(long timestampMs);

    /** Cuts off the records from {@code endOffset}, a batch's boundary, on. */
    void truncate(long endOffset);

    /** Nothing more will be appended. */
    void seal();

    /** Whether its bytes are on this machine; reads of others may take long, and fail while the network does. */
    default boolean isLocal() {
        return true;
    }

    /**
     * Asks a store of two tiers to put a copy of a sealed segment into the second; returns at once. To be asked again until there is one.
     *
     * @return whether there is one, and it is durable
     */
    default boolean offload() {
        return false;
    }

    /** Lets the local file of an offloaded segment go, in the background; what readers hold stays readable for a minute. */
    default void releaseLocal() {
        // Most stores have one tier.
    }

    /** Deletes the segment; what readers hold stays readable for a minute. */
    void delete();
}
