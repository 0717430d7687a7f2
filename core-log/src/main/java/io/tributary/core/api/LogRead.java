package io.tributary.core.api;

import java.util.List;

/**
 * What a read found, all taken at one moment.
 *
 * @param slices whole batches in order, together at most the asked number of bytes (or one batch)
 */
public record LogRead(List<LogSlice> slices, long logStartOffset, long highWatermark, long lastStableOffset) {
    public LogRead {
        slices = List.copyOf(slices);
    }

    public int sizeInBytes() {
        int size = 0;
        for (LogSlice slice : slices) {
            size += slice.sizeInBytes();
        }
        return size;
    }
}
