package io.tributary.core.api;

import java.util.List;

/**
 * What a read found, all taken at one moment.
 *
 * @param slices  whole batches in order, together at most the asked number of bytes (or one batch)
 * @param aborted of a read of what is committed, the transactions that do not count although batches of theirs are among the slices;
 *                perhaps some more
 */
public record LogRead(List<LogSlice> slices, List<AbortedTransaction> aborted, long logStartOffset, long highWatermark,
        long lastStableOffset) {
    public LogRead {
        slices = List.copyOf(slices);
        aborted = List.copyOf(aborted);
    }

    public int sizeInBytes() {
        int size = 0;
        for (LogSlice slice : slices) {
            size += slice.sizeInBytes();
        }
        return size;
    }
}
