package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import io.tributary.core.store.SegmentExtent;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Builds what is known of a segment from its file. */
final class SegmentScan {
    private static final int WINDOW_BYTES = 1 << 20;

    private SegmentScan() {
    }

    /** The index of a sealed segment: from its file, or built again and written. */
    static SparseIndex loadIndex(FileSegment segment) throws IOException {
        SegmentExtent extent = segment.extent();
        SegmentFile file = segment.file();
        IndexFile.Loaded loaded = IndexFile.read(file.path(), segment.baseOffset(), extent.size());
        if (loaded != null && loaded.extent().size() == extent.size()) {
            return loaded.index();
        }
        IndexFile.Loaded built = trusted(file, segment.baseOffset(), extent.size());
        if (!file.isDeleted()) {
            IndexFile.write(file, segment.baseOffset(), built.extent(), built.index());
        }
        return built.index();
    }

    /**
     * Reads the first {@code size} bytes by the index file as far as that goes and by the batches' headers, which must be right. Only a
     * file that compaction has written may have gaps.
     */
    static IndexFile.Loaded trusted(SegmentFile file, long baseOffset, int size) throws IOException {
        IndexFile.Loaded known = IndexFile.read(file.path(), baseOffset, size);
        boolean gaps = FileSegment.isCompacted(file.path());
        // A compacted segment has the name of the one before, whose index may be there: one is of all of its segment, or of another.
        if (known == null || gaps && known.extent().size() != size) {
            known = FileSegment.empty(baseOffset);
        }
        SparseIndex index = known.index();
        int at = known.extent().size();
        long end = known.extent().endOffset();
        long maxTimestamp = known.extent().maxTimestamp();
        if (at == size) {
            return known;
        }
        HeaderScan scan = new HeaderScan(file, size);
        while (at < size) {
            FileSegment.Place place = scan.at(at);
            if (place.baseOffset() < end || place.baseOffset() > end && !gaps) {
                throw file.damaged(at, "offset " + place.baseOffset() + " where " + end + " is next");
            }
            index.offer((int) (place.baseOffset() - baseOffset), at, maxTimestamp);
            maxTimestamp = Math.max(maxTimestamp, scan.maxTimestamp());
            end = place.lastOffset() + 1;
            at += place.size();
        }
        return new IndexFile.Loaded(new SegmentExtent(end, at, maxTimestamp), index, known.coveredByFile());
    }

    /**
     * Goes on behind what is trusted, checking every batch, up to the first that is not whole.
     *
     * @param nextBase where the next segment begins; it was begun there because what comes behind that in this one was taken back
     * @return what is whole; the rest of the file is to be cut off
     */
    static IndexFile.Loaded unforced(SegmentFile file, long baseOffset, IndexFile.Loaded trusted, long nextBase) throws IOException {
        long fileSize = Math.min(file.size(), Integer.MAX_VALUE);
        SparseIndex index = trusted.index();
        int at = trusted.extent().size();
        long end = trusted.extent().endOffset();
        long maxTimestamp = trusted.extent().maxTimestamp();
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
        long windowStart = at;
        while (fileSize - at >= BatchHeader.SIZE && end != nextBase) {
            int size = BatchHeader.intactSize(window, (int) (at - windowStart));
            if (size < 0) {
                window = load(file, at, BatchHeader.SIZE, window);
                long claimed = BatchHeader.sizeInBytes(window, 0);
                if (claimed > window.limit() && claimed <= fileSize - at) {
                    window = load(file, at, (int) claimed, window);
                }
                windowStart = at;
                size = BatchHeader.intactSize(window, 0);
            }
            int inWindow = (int) (at - windowStart);
            if (size < 0 || BatchHeader.baseOffset(window, inWindow) != end) {
                break;
            }
            index.offer((int) (end - baseOffset), at, maxTimestamp);
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(window, inWindow));
            end = BatchHeader.lastOffset(window, inWindow) + 1;
            at += size;
        }
        return new IndexFile.Loaded(new SegmentExtent(end, at, maxTimestamp), index, trusted.coveredByFile());
    }

    /** What is known of a file that compaction has written: all of it was durable before the file had its name. */
    static IndexFile.Loaded compacted(SegmentFile file, long baseOffset, long fileSize) throws IOException {
        int size = (int) fileSize - BatchHeader.SIZE;
        if (size < 0 || fileSize > Integer.MAX_VALUE) {
            throw file.damaged(0, "a compacted segment has " + fileSize + " bytes");
        }
        FileSegment.Place end = new HeaderScan(file, (int) fileSize).at(size);
        IndexFile.Loaded known = trusted(file, baseOffset, size);
        if (end.size() != BatchHeader.SIZE || end.lastOffset() < known.extent().endOffset() - 1) {
            throw file.damaged(size, "a compacted segment does not tell where it ends");
        }
        SegmentExtent extent = new SegmentExtent(end.lastOffset() + 1, size, known.extent().maxTimestamp());
        return new IndexFile.Loaded(extent, known.index(), known.coveredByFile());
    }

    private static ByteBuffer load(SegmentFile file, int at, int atLeast, ByteBuffer before) throws IOException {
        int capacity = Math.max(WINDOW_BYTES, atLeast);
        ByteBuffer window = before.capacity() >= capacity ? before.clear() : ByteBuffer.allocate(capacity);
        while (window.hasRemaining() && file.read(window, at + (long) window.position()) >= 0) {
            // Until it is full or the file ends.
        }
        return window.flip();
    }
}
