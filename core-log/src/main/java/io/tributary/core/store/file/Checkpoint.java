package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What is known to be in the segments' files and durable there, so that the journal before {@code journalEpoch} is not needed.
 *
 * @param clean whether nothing was changed beneath the store's directory that is not durable; not said of a store that is open
 */
record Checkpoint(long journalEpoch, Map<LogId, Point> points, boolean clean) {
    private static final long MAGIC = 0x54524942434b5031L;
    private static final int HEADER_BYTES = 24;
    private static final int POINT_BYTES = 48;
    private static final int CLEAN_BYTES = 1;
    private static final int CRC_BYTES = 4;

    /**
     * One log's recovery point: the segments before {@code segmentBase} and the first {@code position} bytes of this one are durable.
     *
     * @param startOffset the log's start
     * @param segmentBase the base offset of the segment that the point is in
     * @param endOffset   the offset after the last durable record
     */
    record Point(long startOffset, long segmentBase, long endOffset, int position) {
        static final Point NONE = new Point(0, 0, 0, 0);

        Point withStart(long start) {
            return new Point(Math.max(start, startOffset), segmentBase, endOffset, position);
        }
    }

    static Checkpoint read(Path path) throws IOException {
        if (!Files.exists(path)) {
            return new Checkpoint(0, Map.of(), false);
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        try {
            int end = bytes.limit() - CRC_BYTES;
            if (bytes.getLong() != MAGIC || bytes.getInt(end) != JournalFile.crc(bytes.slice(0, end))) {
                throw damaged(path);
            }
            long epoch = bytes.getLong();
            Map<LogId, Point> points = new HashMap<>();
            for (long left = bytes.getLong(); left > 0; left--) {
                LogId log = new LogId(new UUID(bytes.getLong(), bytes.getLong()), bytes.getInt());
                points.put(log, new Point(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getInt()));
            }
            // There was a time when this was not written.
            boolean clean = bytes.position() < end && bytes.get() != 0;
            return new Checkpoint(epoch, points, clean);
        } catch (BufferUnderflowException | IndexOutOfBoundsException cutOff) {
            throw damaged(path);
        }
    }

    /** Replaces the file, durably. */
    void write(Disk disk, Path path) throws IOException {
        long size = HEADER_BYTES + (long) POINT_BYTES * points.size() + CLEAN_BYTES + CRC_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        bytes.putLong(MAGIC).putLong(journalEpoch).putLong(points.size());
        points.forEach((log, point) -> bytes.putLong(log.topic().getMostSignificantBits()).putLong(log.topic().getLeastSignificantBits())
            .putInt(log.partition()).putLong(point.startOffset()).putLong(point.segmentBase()).putLong(point.endOffset())
            .putInt(point.position()));
        bytes.put((byte) (clean ? 1 : 0));
        bytes.putInt(JournalFile.crc(bytes.slice(0, bytes.position())));
        disk.replace(path, bytes.flip(), true);
    }

    private static BrokerException damaged(Path path) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the checkpoint " + path + " is damaged");
    }
}
