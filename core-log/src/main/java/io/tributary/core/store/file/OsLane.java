package io.tributary.core.store.file;

import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The lane of durability {@code os}: what is in the page cache counts as durable. */
final class OsLane implements Lane {
    private static final int STAGING_BYTES = 1 << 20;

    private final FileSegmentStore store;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);

    OsLane(FileSegmentStore store) {
        this.store = store;
    }

    @Override
    public void append(Segment segment, List<ByteBuffer> batches) {
        FileSegment target = (FileSegment) segment;
        int start = target.extent().size();
        try {
            target.cutRaggedEnd();
            long position = start;
            staging.clear();
            for (ByteBuffer buffer : batches) {
                if (buffer.remaining() > staging.remaining()) {
                    position = writeOut(target, position);
                }
                if (buffer.remaining() > staging.capacity()) {
                    target.file().write(buffer.duplicate(), position);
                    position += buffer.remaining();
                } else {
                    staging.put(buffer.duplicate());
                }
            }
            writeOut(target, position);
        } catch (IOException e) {
            target.noteFailedWrite();
            throw target.file().failure("cannot append to", e);
        }
        store.noteAppended(target, batches);
    }

    private long writeOut(FileSegment target, long position) throws IOException {
        staging.flip();
        int size = staging.remaining();
        target.file().write(staging, position);
        staging.clear();
        return position + size;
    }

    @Override
    public void moveStart(LogId log, long startOffset) {
        store.writeStart(log, startOffset);
    }

    @Override
    public void commit(Commit commit) {
        commit.done(null);
    }

    @Override
    public void reset() {
        // Nothing waits for a commit.
    }

    @Override
    public void close() {
        // The staging memory goes with the lane.
    }
}
