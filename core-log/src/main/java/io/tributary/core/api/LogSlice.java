package io.tributary.core.api;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes of a log, in memory or still in a file, so that they can be sent without a copy. */
public sealed interface LogSlice {
    int sizeInBytes();

    /** Read-only bytes in memory, from position to limit. */
    record Memory(ByteBuffer bytes) implements LogSlice {
        @Override
        public int sizeInBytes() {
            return bytes.remaining();
        }
    }

    /** A range of an open file. The channel stays open for a minute after its segment is deleted; the reader does not close it. */
    record FileRange(FileChannel channel, long position, int length) implements LogSlice {
        @Override
        public int sizeInBytes() {
            return length;
        }
    }
}
