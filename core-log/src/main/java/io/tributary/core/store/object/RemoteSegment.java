package io.tributary.core.store.object;

import io.tributary.core.store.SegmentExtent;
import java.util.List;

/**
 * A segment in the second tier.
 *
 * @param extent as that of the segment it is a copy of
 * @param chunks by position, each of whole batches; none when the segment holds no batch
 */
record RemoteSegment(long baseOffset, SegmentExtent extent, List<Chunk> chunks) {
    /**
     * What is fetched in one go.
     *
     * @param position        in the object
     * @param relativeOffset  of the first batch, from the segment's base
     * @param timestampBefore the largest timestamp before it in the segment
     * @param crc             CRC32C of its bytes
     */
    record Chunk(int position, int size, int relativeOffset, long timestampBefore, int crc) {
    }

    RemoteSegment {
        chunks = List.copyOf(chunks);
    }

    long endOffset() {
        return extent.endOffset();
    }

    /** The last chunk that begins at or before an offset, or the first. */
    int chunkOf(long offset) {
        int low = 1;
        int high = chunks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (baseOffset + chunks.get(middle).relativeOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** The chunk that may hold the first record of a time or later: the last with only smaller ones before it. */
    int chunkBefore(long timestampMs) {
        int found = 0;
        while (found + 1 < chunks.size() && chunks.get(found + 1).timestampBefore() < timestampMs) {
            found++;
        }
        return found;
    }
}
