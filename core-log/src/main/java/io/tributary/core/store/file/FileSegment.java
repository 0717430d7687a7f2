package io.tributary.core.store.file;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.store.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** A segment in a file: batches one after the other, nothing else. */
final class FileSegment implements Segment {
    static final String SUFFIX = ".log";

    /** What the file holds; a reader takes it once and sees all of it. */
    record Extent(long endOffset, int size, long maxTimestamp) {
    }

    /** A batch's place in the file. */
    record Place(int position, int size, long baseOffset, long lastOffset) {
    }

    private final long baseOffset;
    private final SegmentFile file;
    private final SparseIndex index = new SparseIndex();
    private volatile Extent extent;

    FileSegment(long baseOffset, SegmentFile file) {
        this.baseOffset = baseOffset;
        this.file = file;
        this.extent = new Extent(baseOffset, 0, Long.MIN_VALUE);
    }

    /** The name of the file of a segment: its base offset in 20 digits. */
    static String fileName(long baseOffset) {
        return String.format("%020d", baseOffset) + SUFFIX;
    }

    SegmentFile file() {
        return file;
    }

    Path path() {
        return file.path();
    }

    SparseIndex index() {
        return index;
    }

    Extent extent() {
        return extent;
    }

    /** Takes note of batches that were written behind the others. */
    void noteAppended(ByteBuffer batches) {
        Extent before = extent;
        int position = before.size();
        long maxTimestamp = before.maxTimestamp();
        long end = before.endOffset();
        int at = batches.position();
        while (at < batches.limit()) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            index.offer((int) (BatchHeader.baseOffset(batches, at) - baseOffset), position, maxTimestamp);
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            end = BatchHeader.lastOffset(batches, at) + 1;
            position += size;
            at += size;
        }
        extent = new Extent(end, position, maxTimestamp);
    }

    /** Sets what an index file told of the first {@code extent.size()} bytes. */
    void restore(Extent known) {
        extent = known;
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public long endOffset() {
        return extent.endOffset();
    }

    @Override
    public long sizeInBytes() {
        return extent.size();
    }

    @Override
    public long maxTimestamp() {
        return extent.maxTimestamp();
    }

    @Override
    public List<LogSlice> read(long offset, long endOffset, int maxBytes) {
        Extent now = extent;
        try {
            FileChannel channel = file.channel();
            HeaderScan scan = new HeaderScan(file, channel, now.size());
            Place first = find(scan, offset);
            int limit = endOffset >= now.endOffset() ? now.size() : find(scan, endOffset).position();
            int end = boundary(scan, first, limit, maxBytes);
            return List.of(new LogSlice.FileRange(channel, first.position(), end - first.position()));
        } catch (IOException e) {
            throw file.failure("cannot read", e);
        }
    }

    private Place find(HeaderScan scan, long offset) throws IOException {
        int position = index.floorByOffset((int) (offset - baseOffset));
        Place place = scan.at(position);
        while (place.lastOffset() < offset) {
            place = scan.at(place.position() + place.size());
        }
        return place;
    }

    /** The last boundary of batches within {@code maxBytes} of the first batch that is cheap to know: an entry of the index. */
    private int boundary(HeaderScan scan, Place first, int limit, int maxBytes) throws IOException {
        int start = first.position();
        if (limit - start <= maxBytes) {
            return limit;
        }
        int firstEnd = start + first.size();
        int wanted = Math.max(start + maxBytes, firstEnd);
        int end = Math.max(firstEnd, index.floorByPosition(Math.min(wanted, limit)));
        while (end < limit) {
            int next = end + scan.at(end).size();
            if (next > wanted) {
                break;
            }
            end = next;
        }
        return end;
    }

    @Override
    public long offsetBefore(long timestampMs) {
        return baseOffset + index.offsetBefore(timestampMs);
    }

    @Override
    public void truncate(long endOffset) {
        Extent now = extent;
        if (endOffset >= now.endOffset()) {
            return;
        }
        try {
            HeaderScan scan = new HeaderScan(file, file.channel(), now.size());
            int position = endOffset <= baseOffset ? 0 : find(scan, endOffset).position();
            long maxTimestamp = Long.MIN_VALUE;
            for (int at = 0; at < position;) {
                Place place = scan.at(at);
                maxTimestamp = Math.max(maxTimestamp, scan.maxTimestamp());
                at += place.size();
            }
            file.truncate(position);
            index.truncate(position);
            extent = new Extent(Math.max(endOffset, baseOffset), position, maxTimestamp);
        } catch (IOException e) {
            throw file.failure("cannot truncate", e);
        }
    }

    @Override
    public void seal() {
        // A file needs nothing to be sealed; its index is written by the checkpoint.
    }

    @Override
    public void delete() {
        file.delete();
    }

    @Override
    public String toString() {
        return path().toString();
    }

}
