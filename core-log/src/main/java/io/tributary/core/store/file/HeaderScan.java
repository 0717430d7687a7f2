package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the headers of batches that are known to be whole, through a window of the file. For one call on one thread. */
final class HeaderScan {
    private static final int WINDOW_BYTES = 8192;
    private static final ThreadLocal<ByteBuffer> WINDOWS = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(WINDOW_BYTES));

    private final SegmentFile file;
    private final int fileSize;
    private final ByteBuffer window;
    private long windowStart;
    private long maxTimestamp;

    HeaderScan(SegmentFile file, int fileSize) {
        this.file = file;
        this.fileSize = fileSize;
        this.window = WINDOWS.get();
        window.clear().limit(0);
    }

    /** The batch that begins at a position; refuses what is no batch. */
    FileSegment.Place at(int position) throws IOException {
        if (position < 0 || position + BatchHeader.SIZE > fileSize) {
            throw file.damaged(position, "no batch where the index says there is one");
        }
        int at = load(position);
        long size = BatchHeader.sizeInBytes(window, at);
        int delta = BatchHeader.lastOffsetDelta(window, at);
        if (size < BatchHeader.SIZE || position + size > fileSize || delta < 0 || BatchHeader.magic(window, at) != BatchHeader.MAGIC) {
            throw file.damaged(position, "a batch's header is wrong");
        }
        maxTimestamp = BatchHeader.maxTimestamp(window, at);
        long base = BatchHeader.baseOffset(window, at);
        return new FileSegment.Place(position, (int) size, base, base + delta);
    }

    /** Of the batch last read, in milliseconds since the epoch. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    private int load(int position) throws IOException {
        if (position < windowStart || position + BatchHeader.SIZE > windowStart + window.limit()) {
            window.clear();
            window.limit(Math.min(WINDOW_BYTES, fileSize - position));
            windowStart = position;
            while (window.hasRemaining()) {
                if (file.read(window, windowStart + window.position()) < 0) {
                    throw file.damaged(position, "the file ends before what was written");
                }
            }
            window.flip();
        }
        return (int) (position - windowStart);
    }
}
