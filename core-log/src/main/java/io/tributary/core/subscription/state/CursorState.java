package io.tributary.core.subscription.state;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a source. Its records are divided into levels by their priority; where that does not count, all are of level 0. What was
 * never in memory need not be kept: it is found again from {@code scanned} on. That is not the same place for all levels, so from there
 * to {@code known} only what is of a level that is listed, and behind its {@code takenTo}, is news.
 *
 * @param scanned      everything before is decided
 * @param known        {@code scanned} or more: everything before is decided, but for what is behind its level's {@code takenTo}
 * @param levels       those of which something is pending or not known
 * @param deliveries   how often those were delivered that were, by offset
 * @param suspectBelow what is pending below may have been delivered, without a count
 */
public record CursorState(long scanned, long known, List<Level> levels, Map<Long, Integer> deliveries, long suspectBelow) {
    private static final byte VERSION = 3;
    private static final byte WITHOUT_LEVELS = 2;
    private static final byte WITHOUT_TAKEN_TO = 1;
    private static final int FIXED_BYTES = 1 + 8 + 8 + 8 + 4 + 4;
    private static final int LEVEL_BYTES = 1 + 8 + 4;
    private static final int DELIVERY_BYTES = 8 + 4;

    /**
     * What is kept of the records of one priority.
     *
     * @param number  0 to 255
     * @param takenTo nothing from here on was ever in memory
     * @param pending of what is decided, what is not settled
     */
    public record Level(int number, long takenTo, PendingOffsets pending) {
    }

    public static CursorState startingAt(long offset) {
        return new CursorState(offset, offset, List.of(), Map.of(), 0);
    }

    /** What of this holds for a log that has these bounds; everything pending is suspect when the process was killed. */
    public CursorState within(long logStart, long highWatermark, boolean killed) {
        List<Level> rest = new ArrayList<>();
        for (Level level : levels) {
            level.pending.removeBefore(logStart);
            level.pending.removeFrom(highWatermark);
            rest.add(new Level(level.number, Math.min(level.takenTo, highWatermark), level.pending));
        }
        return new CursorState(Math.min(scanned, highWatermark), Math.min(known, highWatermark), rest, deliveries,
            killed ? highWatermark : suspectBelow);
    }

    /** What is kept of a level; null when nothing of it is pending and all is known. */
    public @Nullable Level level(int number) {
        for (Level level : levels) {
            if (level.number == number) {
                return level;
            }
        }
        return null;
    }

    public byte[] encode() {
        List<byte[]> offsets = levels.stream().map(level -> level.pending.encode()).toList();
        int size = offsets.stream().mapToInt(each -> LEVEL_BYTES + each.length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(FIXED_BYTES + size + DELIVERY_BYTES * deliveries.size());
        buffer.put(VERSION).putLong(scanned).putLong(known).putLong(suspectBelow).putInt(levels.size());
        for (int i = 0; i < offsets.size(); i++) {
            buffer.put((byte) levels.get(i).number).putLong(levels.get(i).takenTo).putInt(offsets.get(i).length).put(offsets.get(i));
        }
        buffer.putInt(deliveries.size());
        deliveries.forEach((offset, count) -> buffer.putLong(offset).putInt(count));
        return buffer.array();
    }

    /** The inverse of {@link #encode}; fails with STORAGE_FAILURE. */
    public static CursorState decode(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int version = buffer.get();
            if (version < WITHOUT_TAKEN_TO || version > VERSION) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a subscription's state was written in format " + version);
            }
            return version == VERSION ? decodeLevels(buffer) : decodeOne(buffer, version);
        } catch (BufferUnderflowException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a subscription's state cannot be read", e);
        }
    }

    private static CursorState decodeLevels(ByteBuffer buffer) {
        long scanned = buffer.getLong();
        long known = buffer.getLong();
        long suspectBelow = buffer.getLong();
        List<Level> levels = new ArrayList<>();
        for (int i = buffer.getInt(); i > 0; i--) {
            levels.add(new Level(Byte.toUnsignedInt(buffer.get()), buffer.getLong(), decodeOffsets(buffer)));
        }
        return new CursorState(scanned, known, levels, decodeDeliveries(buffer), suspectBelow);
    }

    private static CursorState decodeOne(ByteBuffer buffer, int version) {
        long scanned = buffer.getLong();
        long takenTo = version == WITHOUT_LEVELS ? buffer.getLong() : scanned;
        long suspectBelow = buffer.getLong();
        Level only = new Level(0, takenTo, decodeOffsets(buffer));
        return new CursorState(scanned, scanned, List.of(only), decodeDeliveries(buffer), suspectBelow);
    }

    private static PendingOffsets decodeOffsets(ByteBuffer buffer) {
        byte[] offsets = new byte[buffer.getInt()];
        buffer.get(offsets);
        return PendingOffsets.decode(offsets);
    }

    private static Map<Long, Integer> decodeDeliveries(ByteBuffer buffer) {
        Map<Long, Integer> deliveries = new HashMap<>();
        for (int i = buffer.getInt(); i > 0; i--) {
            deliveries.put(buffer.getLong(), buffer.getInt());
        }
        return deliveries;
    }
}
