package io.tributary.core.log;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of slices. Blocks on files. */
final class Slices {
    private Slices() {
    }

    /** The slice's batches; those that come from a file must have the right checksum. */
    static ByteBuffer bytes(LogSlice slice) {
        if (slice instanceof LogSlice.Memory memory) {
            return memory.bytes();
        }
        LogSlice.FileRange range = (LogSlice.FileRange) slice;
        ByteBuffer bytes = ByteBuffer.allocate(range.length());
        try {
            while (bytes.hasRemaining()) {
                if (range.channel().read(bytes, range.position() + bytes.position()) < 0) {
                    throw new EOFException("the file ends before what was written");
                }
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot read a segment: " + e.getMessage(), e);
        }
        bytes.flip();
        for (int at = 0; at < bytes.limit();) {
            int size = BatchHeader.intactSize(bytes, at);
            if (size < 0) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the batch at position " + (range.position() + at)
                    + " of a segment's file is damaged");
            }
            at += size;
        }
        return bytes;
    }
}
