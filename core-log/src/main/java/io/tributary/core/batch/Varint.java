package io.tributary.core.batch;

import java.nio.ByteBuffer;

/** Zig-zag variable-length integers as in Kafka's records: at most 5 bytes for an int, 10 for a long. */
final class Varint {
    private static final int MORE = 0x80;
    private static final int MAX_LONG_SHIFT = 63;
    private static final int MAX_INT_SHIFT = 28;

    private Varint() {
    }

    static int readInt(ByteBuffer in) throws RecordReader.Malformed {
        int raw = 0;
        for (int shift = 0; shift <= MAX_INT_SHIFT; shift += 7) {
            byte b = in.get();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return raw >>> 1 ^ -(raw & 1);
            }
        }
        throw new RecordReader.Malformed("a variable-length integer does not end");
    }

    static long readLong(ByteBuffer in) throws RecordReader.Malformed {
        long raw = 0;
        for (int shift = 0; shift <= MAX_LONG_SHIFT; shift += 7) {
            byte b = in.get();
            raw |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return raw >>> 1 ^ -(raw & 1);
            }
        }
        throw new RecordReader.Malformed("a variable-length integer does not end");
    }

    static int size(long value) {
        long raw = value << 1 ^ value >> 63;
        return raw == 0 ? 1 : (70 - Long.numberOfLeadingZeros(raw)) / 7;
    }

    /** Writes at {@code at} and returns the position behind. */
    static int write(byte[] out, int at, long value) {
        long raw = value << 1 ^ value >> 63;
        int position = at;
        while ((raw & -MORE) != 0) {
            out[position++] = (byte) (raw & 0x7f | MORE);
            raw >>>= 7;
        }
        out[position++] = (byte) raw;
        return position;
    }
}
