package io.tributary.core.store.file;

import io.tributary.core.store.LogId;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the journal: kind (1 byte), topic (16), partition (4), offset (8), length (4), and so many bytes.
 *
 * @param offset of the first record, or the new start of the log
 * @param bytes  whole batches; empty for a moved start
 */
record JournalEntry(byte kind, LogId log, long offset, ByteBuffer bytes) {
    static final byte BATCHES = 1;
    static final byte MOVE_START = 2;
    static final int HEADER_BYTES = 33;

    private static final int TOPIC = 1;
    private static final int PARTITION = 17;
    private static final int OFFSET = 21;
    private static final int LENGTH = 29;

    static void putHeader(ByteBuffer out, int at, byte kind, LogId log, long offset, int length) {
        out.put(at, kind);
        out.putLong(at + TOPIC, log.topic().getMostSignificantBits());
        out.putLong(at + TOPIC + Long.BYTES, log.topic().getLeastSignificantBits());
        out.putInt(at + PARTITION, log.partition());
        out.putLong(at + OFFSET, offset);
        out.putInt(at + LENGTH, length);
    }

    /** The entry at the buffer's position, which moves behind it; null when it does not parse. */
    static @Nullable JournalEntry read(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES) {
            return null;
        }
        int at = in.position();
        int length = in.getInt(at + LENGTH);
        int partition = in.getInt(at + PARTITION);
        if (length < 0 || length > in.remaining() - HEADER_BYTES || partition < 0) {
            return null;
        }
        UUID topic = new UUID(in.getLong(at + TOPIC), in.getLong(at + TOPIC + Long.BYTES));
        in.position(at + HEADER_BYTES + length);
        return new JournalEntry(in.get(at), new LogId(topic, partition), in.getLong(at + OFFSET),
            in.slice(at + HEADER_BYTES, length));
    }
}
