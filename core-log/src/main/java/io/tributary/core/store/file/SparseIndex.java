package io.tributary.core.store.file;

import java.util.Arrays;

/**
 * Tells where in a segment's file to begin a search: an entry for a batch every {@link #INTERVAL_BYTES} or so, in offset, position and
 * time. One thread adds and truncates, any may look up.
 */
final class SparseIndex {
    static final int INTERVAL_BYTES = 4096;

    /** Entries 0 to count - 1; the arrays may be longer. All three are replaced together when they grow. */
    private record Entries(int count, int[] offsets, int[] positions, long[] timestamps) {
    }

    private static final int INITIAL = 8;

    private volatile Entries entries = new Entries(0, new int[INITIAL], new int[INITIAL], new long[INITIAL]);
    private int lastPosition = -INTERVAL_BYTES;

    /** The number of entries before a position. */
    int countBefore(int position) {
        Entries now = entries;
        return firstAtOrAfter(now.positions, now.count, position);
    }

    int relativeOffset(int entry) {
        return entries.offsets[entry];
    }

    int position(int entry) {
        return entries.positions[entry];
    }

    long timestamp(int entry) {
        return entries.timestamps[entry];
    }

    /**
     * Notes a batch if it is far enough from the last one noted.
     *
     * @param timestampBefore the largest timestamp of all batches before it
     */
    void offer(int relativeOffset, int position, long timestampBefore) {
        if (position - lastPosition >= INTERVAL_BYTES) {
            add(relativeOffset, position, timestampBefore);
        }
    }

    void add(int relativeOffset, int position, long timestampBefore) {
        Entries now = entries;
        int count = now.count;
        int[] offsets = now.offsets;
        int[] positions = now.positions;
        long[] timestamps = now.timestamps;
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            positions = Arrays.copyOf(positions, count * 2);
            timestamps = Arrays.copyOf(timestamps, count * 2);
        }
        offsets[count] = relativeOffset;
        positions[count] = position;
        timestamps[count] = timestampBefore;
        entries = new Entries(count + 1, offsets, positions, timestamps);
        lastPosition = position;
    }

    /** Forgets the entries at or after a position. */
    void truncate(int position) {
        Entries now = entries;
        int keep = firstAtOrAfter(now.positions, now.count, position);
        entries = new Entries(keep, now.offsets.clone(), now.positions.clone(), now.timestamps.clone());
        lastPosition = keep == 0 ? -INTERVAL_BYTES : now.positions[keep - 1];
    }

    /** The position of the last batch noted whose offset is at or before the given one; 0 when there is none. */
    int floorByOffset(int relativeOffset) {
        Entries now = entries;
        int entry = floor(now.offsets, now.count, relativeOffset);
        return entry < 0 ? 0 : now.positions[entry];
    }

    /** The last position noted that is at or before the given one; 0 when there is none. */
    int floorByPosition(int position) {
        Entries now = entries;
        int entry = floor(now.positions, now.count, position);
        return entry < 0 ? 0 : now.positions[entry];
    }

    /** The relative offset of the last batch noted before which all timestamps are below the given one; 0 when there is none. */
    int offsetBefore(long timestampMs) {
        Entries now = entries;
        int low = 0;
        int high = now.count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (now.timestamps[middle] < timestampMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? 0 : now.offsets[low - 1];
    }

    private static int floor(int[] values, int count, int key) {
        int found = Arrays.binarySearch(values, 0, count, key);
        return found >= 0 ? found : -found - 2;
    }

    private static int firstAtOrAfter(int[] values, int count, int key) {
        int found = Arrays.binarySearch(values, 0, count, key);
        return found >= 0 ? found : -found - 1;
    }
}
