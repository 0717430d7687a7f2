package io.tributary.core.store.file;

import io.tributary.core.store.SegmentExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A segment's index beside its file, so that it need not be built again. It is a cache: when it is missing, does not check or does not
 * agree with the segment it is built from the segment.
 */
final class IndexFile {
    static final String SUFFIX = ".index";

    private static final Logger LOG = LoggerFactory.getLogger(IndexFile.class);
    private static final long MAGIC = 0x5452494249445831L;
    private static final int HEADER_BYTES = 40;
    private static final int ENTRY_BYTES = 16;
    private static final int CRC_BYTES = 4;

    /**
     * An index and what it covers.
     *
     * @param coveredByFile how many bytes of the segment the index file covers
     */
    record Loaded(SegmentExtent extent, SparseIndex index, int coveredByFile) {
    }

    private IndexFile() {
    }

    static Path beside(Path segment) {
        String name = segment.getFileName().toString();
        String stem = FileSegment.isCompacted(segment) ? name : name.substring(0, name.length() - FileSegment.SUFFIX.length());
        return segment.resolveSibling(stem + SUFFIX);
    }

    /** Writes the index, if that can be done; returns whether it was. */
    static boolean write(SegmentFile segment, long baseOffset, SegmentExtent extent, SparseIndex index) {
        int count = index.countBefore(extent.size());
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES * count + CRC_BYTES);
        bytes.putLong(MAGIC).putLong(baseOffset).putLong(extent.endOffset()).putInt(extent.size()).putLong(extent.maxTimestamp())
            .putInt(count);
        for (int i = 0; i < count; i++) {
            bytes.putInt(index.relativeOffset(i)).putInt(index.position(i)).putLong(index.timestamp(i));
        }
        bytes.putInt(JournalFile.crc(bytes.slice(0, bytes.position())));
        try {
            segment.disk().replace(beside(segment.path()), bytes.flip(), false);
            return true;
        } catch (IOException e) {
            LOG.warn("the index of {} cannot be written and stays in memory: {}", segment.path(), e.toString());
            return false;
        }
    }

    /** The index, or null when there is none that can be used for the first {@code size} bytes of the segment. */
    static @Nullable Loaded read(Path segment, long baseOffset, long size) {
        Path path = beside(segment);
        try {
            if (!Files.exists(path)) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
            int end = bytes.limit() - CRC_BYTES;
            if (end < HEADER_BYTES || bytes.getLong() != MAGIC || bytes.getInt(end) != JournalFile.crc(bytes.slice(0, end))
                || bytes.getLong() != baseOffset) {
                LOG.warn("the index {} does not check and is built again", path);
                return null;
            }
            SegmentExtent extent = new SegmentExtent(bytes.getLong(), bytes.getInt(), bytes.getLong());
            if (extent.size() > size) {
                return null;
            }
            SparseIndex index = new SparseIndex();
            for (int left = bytes.getInt(); left > 0; left--) {
                index.add(bytes.getInt(), bytes.getInt(), bytes.getLong());
            }
            return new Loaded(extent, index, extent.size());
        } catch (IOException | RuntimeException e) {
            LOG.warn("the index {} cannot be read and is built again: {}", path, e.toString());
            return null;
        }
    }

    static void delete(SegmentFile segment) throws IOException {
        segment.disk().delete(beside(segment.path()));
    }
}
