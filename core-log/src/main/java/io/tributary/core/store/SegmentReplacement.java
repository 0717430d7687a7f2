package io.tributary.core.store;

import java.nio.ByteBuffer;

/**
 * A segment that takes the place of others, with some of their records gone. In order: {@link #append}, {@link #prepare}, {@link #commit},
 * {@link #finish}; {@link #close} ends it at any point. A crash leaves the old segments or the new one. All fail with STORAGE_FAILURE.
 */
public interface SegmentReplacement extends AutoCloseable {
    /** Adds whole batches, at rising offsets, each within the offsets of the segments that are replaced. */
    void append(ByteBuffer batches);

    /** Makes durable what was appended. */
    void prepare();

    /**
     * Puts the segment in its place and returns it. Called on the log's thread. Readers that hold one of the old segments may use it for a
     * minute.
     */
    Segment commit();

    /** Makes the exchange durable and removes what is left of the old segments. */
    void finish();

    /** Lets go; what was not committed is gone. */
    @Override
    void close();
}
