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
 */
record Checkpoint(long journalEpoch, Map<LogId, Point> points) {
    private static final long MAGIC = 0x54524942434b5031L;
    private static final int HEADER_BYTES = 24;
    private static final int POINT_BYTES = 48;
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
            return new Checkpoint(0, Map.of());
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
            return new Checkpoint(epoch, points);
        } catch (BufferUnderflowException | IndexOutOfBoundsException cutOff) {
            throw damaged(path);
        }
    }

    /** Replaces the file, durably. */
    void write(Disk disk, Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + (long) POINT_BYTES * points.size() + CRC_BYTES));
        bytes.putLong(MAGIC).putLong(journalEpoch).putLong(points.size());
        points.forEach((log, point) -> bytes.putLong(log.topic().getMostSignificantBits()).putLong(log.topic().getLeastSignificantBits())
            .putInt(log.partition()).putLong(point.startOffset()).putLong(point.segmentBase()).putLong(point.endOffset())
            .putInt(point.position()));
        bytes.putInt(JournalFile.crc(bytes.slice(0, bytes.position())));
        disk.replace(path, bytes.flip(), true);
    }

    private static BrokerException damaged(Path path) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the checkpoint " + path + " is damaged");
    }
}
