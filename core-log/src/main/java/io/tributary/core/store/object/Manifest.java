package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.SegmentExtent;
import io.tributary.core.store.file.Disk;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The file {@code remote} beside a log's segments: which of them are in the second tier, and before which offset the local files may be
 * gone. It is replaced as a whole, durably: after an upload, and before the local files go.
 *
 * @param localFrom a segment's boundary
 * @param segments  by base offset
 */
record Manifest(long localFrom, Collection<RemoteSegment> segments) {
    static final Manifest EMPTY = new Manifest(0, List.of());

    private static final String NAME = "remote";
    private static final long MAGIC = 0x54524942524d4631L;
    private static final int HEADER_BYTES = 20;
    private static final int SEGMENT_BYTES = 32;
    private static final int CHUNK_BYTES = 24;
    private static final int CRC_BYTES = 4;

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** The manifest, or an empty one when there is none. Refuses a damaged one with STORAGE_FAILURE. */
    static Manifest read(Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!Files.exists(path)) {
            return EMPTY;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        int end = bytes.limit() - CRC_BYTES;
        if (end < HEADER_BYTES || bytes.getLong() != MAGIC || bytes.getInt(end) != crc(bytes.slice(0, end))) {
            throw damaged(path);
        }
        try {
            long localFrom = bytes.getLong();
            List<RemoteSegment> segments = new ArrayList<>();
            for (int left = bytes.getInt(); left > 0; left--) {
                long base = bytes.getLong();
                SegmentExtent extent = new SegmentExtent(bytes.getLong(), bytes.getInt(), bytes.getLong());
                List<RemoteSegment.Chunk> chunks = new ArrayList<>();
                for (int more = bytes.getInt(); more > 0; more--) {
                    chunks.add(new RemoteSegment.Chunk(bytes.getInt(), bytes.getInt(), bytes.getInt(), bytes.getLong(), bytes.getInt()));
                }
                segments.add(new RemoteSegment(base, extent, chunks));
            }
            return new Manifest(localFrom, segments);
        } catch (BufferUnderflowException cutOff) {
            throw damaged(path);
        }
    }

    /** Replaces the file, durably. */
    void write(Disk disk, Path directory) throws IOException {
        long size = HEADER_BYTES + CRC_BYTES;
        for (RemoteSegment segment : segments) {
            size += SEGMENT_BYTES + (long) CHUNK_BYTES * segment.chunks().size();
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        bytes.putLong(MAGIC).putLong(localFrom).putInt(segments.size());
        for (RemoteSegment segment : segments) {
            SegmentExtent extent = segment.extent();
            bytes.putLong(segment.baseOffset()).putLong(extent.endOffset()).putInt(extent.size()).putLong(extent.maxTimestamp())
                .putInt(segment.chunks().size());
            for (RemoteSegment.Chunk chunk : segment.chunks()) {
                bytes.putInt(chunk.position()).putInt(chunk.size()).putInt(chunk.relativeOffset()).putLong(chunk.timestampBefore())
                    .putInt(chunk.crc());
            }
        }
        bytes.putInt(crc(bytes.slice(0, bytes.position())));
        disk.replace(directory.resolve(NAME), bytes.flip(), true);
    }

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    private static BrokerException damaged(Path path) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the list of remote segments " + path + " is damaged");
    }
}
