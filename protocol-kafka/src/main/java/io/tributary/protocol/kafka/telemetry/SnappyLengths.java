package io.tributary.protocol.kafka.telemetry;

import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;

/**
 * Checks the lengths in a snappy stream before the library sees it, which takes memory for whatever a length claims. A stream is a header
 * of 16 bytes and chunks, each behind its length, which begin with what they unpack to.
 */
final class SnappyLengths {
    private static final int HEADER_BYTES = 16;
    private static final int LAST_SHIFT = 28;

    private SnappyLengths() {
    }

    /** Fails with INVALID_RECORD. The position stays. */
    static void check(ByteBuffer payload, int maxUnpackedBytes) {
        ByteBuffer stream = payload.duplicate();
        if (stream.remaining() < HEADER_BYTES) {
            throw new InvalidRecordException("a snappy stream has a header");
        }
        stream.position(stream.position() + HEADER_BYTES);
        while (stream.remaining() >= Integer.BYTES) {
            int length = stream.getInt();
            if (length < 0 || length > stream.remaining()) {
                throw new InvalidRecordException("a snappy chunk claims " + length + " bytes where " + stream.remaining() + " are left");
            }
            if (unpacked(stream.slice(stream.position(), length)) > maxUnpackedBytes) {
                throw new InvalidRecordException("a snappy chunk claims to unpack to more than " + maxUnpackedBytes + " bytes");
            }
            stream.position(stream.position() + length);
        }
    }

    /** Seven bits a byte, the lowest first. */
    private static long unpacked(ByteBuffer chunk) {
        long length = 0;
        for (int shift = 0; shift <= LAST_SHIFT && chunk.hasRemaining(); shift += 7) {
            byte b = chunk.get();
            length |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return length;
            }
        }
        throw new InvalidRecordException("a snappy chunk has no length");
    }
}
