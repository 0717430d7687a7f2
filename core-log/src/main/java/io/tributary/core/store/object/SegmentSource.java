package io.tributary.core.store.object;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a sealed segment from its file, chunk by chunk, checks every batch and notes the chunks. For one thread. */
final class SegmentSource implements ObjectStorage.Source {
    /** A fetch of this costs little more than the way there and back, and is little beside what a consumer takes. */
    static final int CHUNK_BYTES = 4 << 20;

    private final Segment segment;
    private final SegmentExtent extent;
    private final List<RemoteSegment.Chunk> chunks = new ArrayList<>();
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long nextOffset;
    private int position;
    private long maxTimestamp = Long.MIN_VALUE;
    private @Nullable BrokerException damage;

    SegmentSource(Segment segment) {
        this.segment = segment;
        this.extent = segment.extent();
        this.nextOffset = segment.baseOffset();
    }

    @Override
    public long size() {
        return extent.size();
    }

    @Override
    public void read(ByteBuffer into) {
        while (into.hasRemaining() && (chunk.hasRemaining() || load())) {
            int length = Math.min(into.remaining(), chunk.remaining());
            into.put(chunk.slice(chunk.position(), length));
            chunk.position(chunk.position() + length);
        }
    }

    private boolean load() {
        if (position == extent.size()) {
            return false;
        }
        List<LogSlice> slices = segment.read(nextOffset, extent.endOffset(), CHUNK_BYTES);
        int size = 0;
        for (LogSlice slice : slices) {
            size += slice.sizeInBytes();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        slices.forEach(slice -> copy(slice, bytes));
        check(bytes.flip());
        position += size;
        chunk = bytes;
        return true;
    }

    private void copy(LogSlice slice, ByteBuffer into) {
        if (slice instanceof LogSlice.Memory memory) {
            into.put(memory.bytes().duplicate());
            return;
        }
        LogSlice.FileRange range = (LogSlice.FileRange) slice;
        ByteBuffer part = into.slice(into.position(), range.length());
        try {
            while (part.hasRemaining()) {
                if (range.channel().read(part, range.position() + part.position()) < 0) {
                    throw damaged("the file ends before what was written");
                }
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot read " + segment + ": " + e.getMessage(), e);
        }
        into.position(into.position() + range.length());
    }

    private void check(ByteBuffer bytes) {
        if (!bytes.hasRemaining() || position + bytes.limit() > extent.size()) {
            throw damaged("it holds something else than it says");
        }
        int relative = (int) (BatchHeader.baseOffset(bytes, 0) - segment.baseOffset());
        chunks.add(new RemoteSegment.Chunk(position, bytes.limit(), relative, maxTimestamp, Manifest.crc(bytes)));
        for (int at = 0; at < bytes.limit();) {
            int size = BatchHeader.intactSize(bytes, at);
            if (size < 0 || BatchHeader.baseOffset(bytes, at) < nextOffset) {
                throw damaged("a batch is not whole");
            }
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(bytes, at));
            nextOffset = BatchHeader.lastOffset(bytes, at) + 1;
            at += size;
        }
    }

    private BrokerException damaged(String what) {
        BrokerException failure = new BrokerException(ErrorCode.STORAGE_FAILURE,
            segment + " is damaged behind position " + position + ": " + what);
        damage = failure;
        return failure;
    }

    /** What is wrong with the local file, or null. */
    @Nullable BrokerException damage() {
        return damage;
    }

    /** What was read, to its end. */
    RemoteSegment summary() {
        if (position != extent.size()) {
            throw new IllegalStateException("read to " + position + " of " + extent.size());
        }
        return new RemoteSegment(segment.baseOffset(), extent, chunks);
    }
}
