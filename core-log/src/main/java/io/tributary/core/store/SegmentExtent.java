package io.tributary.core.store;

/**
 * What a segment holds; a reader takes it once and sees all of it.
 *
 * @param endOffset    after the last record appended
 * @param size         in bytes
 * @param maxTimestamp of its batches, in milliseconds since the epoch; {@link Long#MIN_VALUE} when it is empty
 */
public record SegmentExtent(long endOffset, int size, long maxTimestamp) {
    /** Of a segment without batches. */
    public static SegmentExtent empty(long baseOffset) {
        return new SegmentExtent(baseOffset, 0, Long.MIN_VALUE);
    }
}
