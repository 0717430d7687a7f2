package io.tributary.core.store.file;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A segment in a file: batches one after the other, nothing else. The index of a segment that is still written stays in memory; that of a
 * sealed one is loaded when it is needed and may be dropped when memory runs short.
 */
final class FileSegment implements Segment {
    static final String SUFFIX = ".log";
    /** What a reader gets at most when it cannot have the file. */
    private static final int COPY_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(FileSegment.class);
    /** Of one that compaction has written: with gaps, and an empty batch behind the others that tells the segment's end. */
    static final String COMPACTED_SUFFIX = ".compacted";

    /** A batch's place in the file. */
    record Place(int position, int size, long baseOffset, long lastOffset) {
    }

    private final LogId log;
    private final long baseOffset;
    private final SegmentFile file;
    private final SegmentOwner owner;
    private volatile SegmentExtent extent;
    /** Null once sealed and written. */
    private volatile @Nullable SparseIndex openIndex;
    private volatile SoftReference<SparseIndex> loadedIndex = new SoftReference<>(null);
    private volatile boolean sealed;
    private int indexedSize;
    /** Up to where writing to the disk has been asked for. */
    private int writtenBehind;
    /** The file may be longer than the extent. */
    private volatile boolean ragged;
    /** The extent was cut, and the file is still to be. */
    private boolean truncating;

    /** A segment that is written, with what is known of its first bytes. */
    FileSegment(LogId log, long baseOffset, SegmentFile file, SegmentOwner owner, IndexFile.Loaded known) {
        this.log = log;
        this.baseOffset = baseOffset;
        this.file = file;
        this.owner = owner;
        this.extent = known.extent();
        this.openIndex = known.index();
        this.indexedSize = known.coveredByFile();
    }

    /** The name of the file of a segment: its base offset in 20 digits. */
    static String fileName(long baseOffset) {
        return String.format("%020d", baseOffset) + SUFFIX;
    }

    /** The name of the file of a segment that compaction has written. */
    static String compactedFileName(long baseOffset) {
        return String.format("%020d", baseOffset) + COMPACTED_SUFFIX;
    }

    static boolean isCompacted(Path path) {
        return path.toString().endsWith(COMPACTED_SUFFIX);
    }

    /** What is known of an empty segment. */
    static IndexFile.Loaded empty(long baseOffset) {
        return new IndexFile.Loaded(SegmentExtent.empty(baseOffset), new SparseIndex(), 0);
    }

    LogId log() {
        return log;
    }

    SegmentFile file() {
        return file;
    }

    boolean isSealed() {
        return sealed;
    }

    /** Takes note of batches that were written behind the others. */
    void noteAppended(ByteBuffer batches) {
        SegmentExtent before = extent;
        SparseIndex index = openIndex;
        int position = before.size();
        long maxTimestamp = before.maxTimestamp();
        long end = before.endOffset();
        int at = batches.position();
        while (at < batches.limit()) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            if (index != null) {
                index.offer((int) (BatchHeader.baseOffset(batches, at) - baseOffset), position, maxTimestamp);
            }
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            end = BatchHeader.lastOffset(batches, at) + 1;
            position += size;
            at += size;
        }
        extent = new SegmentExtent(end, position, maxTimestamp);
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public SegmentExtent extent() {
        return extent;
    }

    @Override
    public List<LogSlice> read(long offset, long endOffset, int maxBytes) {
        SegmentExtent now = extent;
        try {
            HeaderScan scan = new HeaderScan(file, now.size());
            Place first = find(scan, offset, now.size());
            if (first == null) {
                return List.of();
            }
            Place beyond = endOffset >= now.endOffset() ? null : find(scan, endOffset, now.size());
            int limit = beyond == null ? now.size() : beyond.position();
            if (first.position() >= limit) {
                return List.of();
            }
            FileChannel lent = file.lend();
            int end = boundary(scan, first, limit, lent == null ? Math.min(maxBytes, COPY_BYTES) : maxBytes);
            return List.of(lent == null ? copy(first.position(), end)
                : new LogSlice.FileRange(lent, first.position(), end - first.position()));
        } catch (IOException e) {
            throw file.failure("cannot read", e);
        }
    }

    private LogSlice copy(int from, int to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(to - from);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, from + (long) bytes.position()) < 0) {
                throw file.damaged(from, "the file ends before what was written");
            }
        }
        return new LogSlice.Memory(bytes.flip().asReadOnlyBuffer());
    }

    /** Whether these whole batches are in the file, from an offset on, byte for byte. */
    boolean holds(long offset, ByteBuffer batches) throws IOException {
        int size = extent.size();
        Place first = find(new HeaderScan(file, size), offset, size);
        if (first == null || first.baseOffset() != offset || batches.remaining() > size - first.position()) {
            return false;
        }
        ByteBuffer stored = ByteBuffer.allocate(batches.remaining());
        while (stored.hasRemaining()) {
            if (file.read(stored, first.position() + (long) stored.position()) < 0) {
                return false;
            }
        }
        return stored.flip().equals(batches);
    }

    private SparseIndex index() throws IOException {
        SparseIndex open = openIndex;
        if (open == null) {
            open = loadedIndex.get();
        }
        if (open == null) {
            open = SegmentScan.loadIndex(this);
            loadedIndex = new SoftReference<>(open);
        }
        return open;
    }

    /** The first batch that ends at or after an offset; null when there is none. */
    private @Nullable Place find(HeaderScan scan, long offset, int size) throws IOException {
        int at = index().floorByOffset((int) (offset - baseOffset));
        while (at < size) {
            Place place = scan.at(at);
            if (place.lastOffset() >= offset) {
                return place;
            }
            at += place.size();
        }
        return null;
    }

    /** The last boundary of batches within {@code maxBytes} of the first batch, or its end. */
    private int boundary(HeaderScan scan, Place first, int limit, int maxBytes) throws IOException {
        int start = first.position();
        if (limit - start <= maxBytes) {
            return limit;
        }
        int firstEnd = start + first.size();
        int wanted = Math.max(start + maxBytes, firstEnd);
        int end = Math.max(firstEnd, index().floorByPosition(wanted));
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
        try {
            return baseOffset + index().offsetBefore(timestampMs);
        } catch (IOException e) {
            throw file.failure("cannot read", e);
        }
    }

    @Override
    public void truncate(long endOffset) {
        try {
            if (endOffset < extent.endOffset()) {
                cutExtent(endOffset);
                truncating = true;
            }
            // No checkpoint takes note of more from now on; when it says no more either, the file is cut, and not before.
            owner.beforeTruncate(this, extent);
            if (truncating) {
                IndexFile.delete(file);
                indexedSize = 0;
                owner.namesChanged(this);
                noteRaggedEnd();
                cutRaggedEnd();
                truncating = false;
            }
        } catch (IOException e) {
            throw file.failure("cannot truncate", e);
        }
    }

    private void cutExtent(long endOffset) throws IOException {
        SegmentExtent now = extent;
        HeaderScan scan = new HeaderScan(file, now.size());
        Place beyond = endOffset <= baseOffset ? null : find(scan, endOffset, now.size());
        int position = beyond == null ? 0 : beyond.position();
        long maxTimestamp = Long.MIN_VALUE;
        int at = 0;
        while (at < position) {
            at += scan.at(at).size();
            maxTimestamp = Math.max(maxTimestamp, scan.maxTimestamp());
        }
        SparseIndex index = index();
        index.truncate(position);
        openIndex = index;
        sealed = false;
        extent = new SegmentExtent(Math.max(endOffset, baseOffset), position, maxTimestamp);
    }

    /** Whether so much was appended since this was last true. Called by the log's thread. */
    boolean hasGrownBy(int bytes) {
        int size = extent.size();
        if (size - writtenBehind < bytes) {
            return false;
        }
        writtenBehind = size;
        return true;
    }

    /** A write behind the segment's end failed, and may have left something there. */
    void noteFailedWrite() {
        noteRaggedEnd();
        try {
            cutRaggedEnd();
        } catch (IOException e) {
            LOG.warn("{} cannot be cut back after a failed write, and takes no more until it can: {}", this, e.toString());
        }
    }

    /** Also when it is cut at once: unless that is forced, the file may be found uncut, with the log going on in another. */
    private void noteRaggedEnd() {
        ragged = true;
        owner.contentChanged(this);
    }

    /** Takes back what a failed write left, if that is still there. To be called before anything is written or forced. */
    synchronized void cutRaggedEnd() throws IOException {
        if (ragged && !file.isDeleted()) {
            file.truncate(extent.size());
            ragged = false;
        }
    }

    /**
     * Writes the index beside the segment if it covers much more than the one there.
     *
     * @param atLeastBytes the growth that is worth a write
     */
    void writeIndex(SegmentExtent upTo, int atLeastBytes) {
        SparseIndex index = openIndex;
        if (index != null && !file.isDeleted() && upTo.size() - indexedSize >= atLeastBytes) {
            if (IndexFile.write(file, baseOffset, upTo, index)) {
                indexedSize = upTo.size();
            }
        }
    }

    /** Lets the index go once the segment is sealed and its index written. */
    void releaseIndex() {
        SparseIndex index = openIndex;
        if (sealed && index != null && indexedSize == extent.size()) {
            loadedIndex = new SoftReference<>(index);
            openIndex = null;
        }
    }

    @Override
    public void seal() {
        sealed = true;
    }

    @Override
    public void delete() {
        owner.deleted(this);
        file.delete();
        try {
            IndexFile.delete(file);
        } catch (IOException e) {
            throw file.failure("cannot delete the index of", e);
        }
    }

    @Override
    public String toString() {
        return file.path().toString();
    }
}
