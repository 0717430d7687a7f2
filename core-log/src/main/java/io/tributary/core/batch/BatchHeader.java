package io.tributary.core.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The fields of a v2 record batch's header, read and patched in place. The checksum covers what follows it, so that base offset and
 * leader epoch may be changed without it. Every method takes the position of the batch in its buffer and moves nothing.
 */
public final class BatchHeader {
    /** Bytes before the first record. */
    public static final int SIZE = 61;
    /** Bytes before those that the length field counts. */
    public static final int LOG_OVERHEAD = 12;
    public static final byte MAGIC = 2;
    public static final long NO_PRODUCER = -1;
    public static final int NO_SEQUENCE = -1;

    static final int LENGTH = 8;
    static final int LEADER_EPOCH = 12;
    static final int MAGIC_AT = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    static final int COUNT = 57;

    static final int COMPRESSION_MASK = 0x07;
    static final int LOG_APPEND_TIME = 0x08;
    static final int TRANSACTIONAL = 0x10;
    static final int CONTROL = 0x20;

    private BatchHeader() {
    }

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at);
    }

    /** The whole batch's size as its length field claims; unchecked, but never wrapped around. */
    public static long sizeInBytes(ByteBuffer buffer, int at) {
        return (long) LOG_OVERHEAD + buffer.getInt(at + LENGTH);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    /** Milliseconds since the epoch. */
    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP);
    }

    /** {@link #NO_PRODUCER} for a batch of a producer that is not idempotent. */
    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE);
    }

    public static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL) != 0;
    }

    public static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL) != 0;
    }

    static int attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES);
    }

    /** How many records it holds; compaction may have left none. */
    public static int count(ByteBuffer buffer, int at) {
        return buffer.getInt(at + COUNT);
    }

    /** Gives the batch its place in the log. */
    public static void place(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
        buffer.putLong(at, baseOffset);
        buffer.putInt(at + LEADER_EPOCH, leaderEpoch);
    }

    /** Gives all records of the batch one timestamp, that of their append, in milliseconds since the epoch; the checksum follows. */
    public static void setAppendTime(ByteBuffer buffer, int at, long timestampMs) {
        buffer.putShort(at + ATTRIBUTES, (short) (attributes(buffer, at) | LOG_APPEND_TIME));
        buffer.putLong(at + MAX_TIMESTAMP, timestampMs);
        buffer.putInt(at + CRC, checksum(buffer, at, (int) sizeInBytes(buffer, at)));
    }

    /** Whether the checksum holds; the size must have been checked against the buffer's limit. */
    public static boolean isIntact(ByteBuffer buffer, int at, int size) {
        return buffer.getInt(at + CRC) == checksum(buffer, at, size);
    }

    static int checksum(ByteBuffer buffer, int at, int size) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(at + ATTRIBUTES, size - ATTRIBUTES));
        return (int) crc.getValue();
    }

    /**
     * The size of the stored batch that begins at {@code at} if header, size and checksum are those of a whole batch within the buffer's
     * limit; otherwise -1.
     */
    public static int intactSize(ByteBuffer buffer, int at) {
        int remaining = buffer.limit() - at;
        if (remaining < SIZE) {
            return -1;
        }
        long size = sizeInBytes(buffer, at);
        if (size < SIZE || size > remaining || magic(buffer, at) != MAGIC || lastOffsetDelta(buffer, at) < 0) {
            return -1;
        }
        return isIntact(buffer, at, (int) size) ? (int) size : -1;
    }
}
