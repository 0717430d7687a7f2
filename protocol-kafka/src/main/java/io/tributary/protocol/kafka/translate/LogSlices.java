package io.tributary.protocol.kafka.translate;

import io.tributary.core.api.LogSlice;
import io.tributary.protocol.kafka.codec.StoredRecords;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Stored batches on their way out: nothing is decoded or copied. */
public final class LogSlices {
    private LogSlices() {
    }

    /** For a response. */
    public static StoredRecords toRecords(List<LogSlice> slices) {
        List<StoredRecords.Piece> pieces = new ArrayList<>(slices.size());
        for (LogSlice slice : slices) {
            if (slice instanceof LogSlice.Memory memory) {
                pieces.add(new StoredRecords.InMemory(memory.bytes()));
            } else if (slice instanceof LogSlice.FileRange range) {
                pieces.add(new StoredRecords.InFile(range.channel(), range.position(), range.length()));
            }
        }
        return new StoredRecords(pieces);
    }

    /** All bytes in one buffer, for a reader inside the broker; blocks on the disk. */
    public static ByteBuffer copy(List<LogSlice> slices, int sizeInBytes) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(sizeInBytes);
        for (LogSlice slice : slices) {
            if (slice instanceof LogSlice.Memory memory) {
                out.put(memory.bytes().duplicate());
            } else if (slice instanceof LogSlice.FileRange range) {
                ByteBuffer target = out.slice(out.position(), range.length());
                while (target.hasRemaining()) {
                    if (range.channel().read(target, range.position() + target.position()) < 0) {
                        throw new EOFException("a log file ended within a range that was to be read");
                    }
                }
                out.position(out.position() + range.length());
            }
        }
        return out.flip();
    }
}
