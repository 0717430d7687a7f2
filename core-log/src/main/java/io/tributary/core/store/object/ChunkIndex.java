package io.tributary.core.store.object;

import io.tributary.core.batch.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where in a chunk to begin a search: a batch every {@link #INTERVAL_BYTES} or so. Immutable. */
final class ChunkIndex {
    private static final int INTERVAL_BYTES = 4096;

    private final int[] positions;
    private final long[] offsets;
    private final long[] timestampsBefore;

    private ChunkIndex(int[] positions, long[] offsets, long[] timestampsBefore) {
        this.positions = positions;
        this.offsets = offsets;
        this.timestampsBefore = timestampsBefore;
    }

    /**
     * The index of whole batches, of which there is at least one.
     *
     * @param timestampBefore the largest timestamp before them in their segment
     */
    static ChunkIndex of(ByteBuffer batches, long timestampBefore) {
        int capacity = batches.limit() / INTERVAL_BYTES + 1;
        int[] positions = new int[capacity];
        long[] offsets = new long[capacity];
        long[] timestamps = new long[capacity];
        int count = 0;
        long maxTimestamp = timestampBefore;
        for (int at = 0; at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            if (count == 0 || at - positions[count - 1] >= INTERVAL_BYTES) {
                positions[count] = at;
                offsets[count] = BatchHeader.baseOffset(batches, at);
                timestamps[count++] = maxTimestamp;
            }
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
        }
        return new ChunkIndex(Arrays.copyOf(positions, count), Arrays.copyOf(offsets, count), Arrays.copyOf(timestamps, count));
    }

    /** A batch's position at or before that of the first batch that ends at or after an offset. */
    int floorByOffset(long offset) {
        int found = Arrays.binarySearch(offsets, offset);
        return positions[Math.max(0, found >= 0 ? found : -found - 2)];
    }

    /** The last noted batch's position at or before one. */
    int floorByPosition(int position) {
        int found = Arrays.binarySearch(positions, position);
        return positions[Math.max(0, found >= 0 ? found : -found - 2)];
    }

    /** The offset of the last noted batch with only smaller timestamps before it. */
    long offsetBefore(long timestampMs) {
        int found = 0;
        while (found + 1 < positions.length && timestampsBefore[found + 1] < timestampMs) {
            found++;
        }
        return offsets[found];
    }
}
