package io.tributary.core.schedule;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;

/**
 * A record that is to wait if its transaction commits, as the value of a record of the schedule's topic: a format byte, what names the
 * transaction, and the waiting record as it is to be. It is itself of no transaction, for what lies behind an open one is not shown.
 *
 * @param batchOffset where a batch of the transaction is in the target's log
 * @param producerId  whose transaction it is
 * @param waiting     an {@link Envelope}'s bytes
 */
record Undecided(long batchOffset, long producerId, byte[] waiting) {
    private static final byte FORMAT = 2;
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + waiting.length).put(FORMAT).putLong(batchOffset).putLong(producerId).put(waiting).array();
    }

    /** Whether the value of a record of the schedule's topic is one. */
    static boolean isOne(byte[] value) {
        return value.length > 0 && value[0] == FORMAT;
    }

    /** The inverse of {@link #encode}; fails with STORAGE_FAILURE when it does not parse. */
    static Undecided decode(byte[] value) {
        if (!isOne(value) || value.length < HEADER_BYTES) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a record of an undecided transaction does not parse");
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        long batchOffset = in.getLong();
        long producerId = in.getLong();
        byte[] waiting = new byte[in.remaining()];
        in.get(waiting);
        return new Undecided(batchOffset, producerId, waiting);
    }
}
