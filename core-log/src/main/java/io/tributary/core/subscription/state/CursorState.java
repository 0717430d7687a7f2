package io.tributary.core.subscription.state;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What is kept of a source.
 *
 * @param scanned      everything before is decided
 * @param takenTo      of what is pending, nothing from here on was ever in memory
 * @param pending      of what is decided, what is not settled
 * @param deliveries   how often those were delivered that were, by offset
 * @param suspectBelow what is pending below may have been delivered, without a count
 */
public record CursorState(long scanned, long takenTo, PendingOffsets pending, Map<Long, Integer> deliveries, long suspectBelow) {
    private static final byte VERSION = 2;
    private static final byte WITHOUT_TAKEN_TO = 1;
    private static final int FIXED_BYTES = 1 + 8 + 8 + 8 + 4 + 4;
    private static final int DELIVERY_BYTES = 8 + 4;

    public static CursorState startingAt(long offset) {
        return new CursorState(offset, offset, new PendingOffsets(), Map.of(), 0);
    }

    /** What of this holds for a log that has these bounds; everything pending is suspect when the process was killed. */
    public CursorState within(long logStart, long highWatermark, boolean killed) {
        pending.removeBefore(logStart);
        pending.removeFrom(highWatermark);
        return new CursorState(Math.min(scanned, highWatermark), Math.min(takenTo, highWatermark), pending, deliveries,
            killed ? highWatermark : suspectBelow);
    }

    public byte[] encode() {
        byte[] offsets = pending.encode();
        ByteBuffer buffer = ByteBuffer.allocate(FIXED_BYTES + offsets.length + DELIVERY_BYTES * deliveries.size());
        buffer.put(VERSION).putLong(scanned).putLong(takenTo).putLong(suspectBelow);
        buffer.putInt(offsets.length).put(offsets).putInt(deliveries.size());
        deliveries.forEach((offset, count) -> buffer.putLong(offset).putInt(count));
        return buffer.array();
    }

    /** The inverse of {@link #encode}; fails with STORAGE_FAILURE. */
    public static CursorState decode(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int version = buffer.get();
            if (version != VERSION && version != WITHOUT_TAKEN_TO) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a subscription's state was written in format " + version);
            }
            long scanned = buffer.getLong();
            long takenTo = version == WITHOUT_TAKEN_TO ? scanned : buffer.getLong();
            long suspectBelow = buffer.getLong();
            byte[] offsets = new byte[buffer.getInt()];
            buffer.get(offsets);
            Map<Long, Integer> deliveries = new HashMap<>();
            for (int i = buffer.getInt(); i > 0; i--) {
                deliveries.put(buffer.getLong(), buffer.getInt());
            }
            return new CursorState(scanned, takenTo, PendingOffsets.decode(offsets), deliveries, suspectBelow);
        } catch (BufferUnderflowException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a subscription's state cannot be read", e);
        }
    }
}
