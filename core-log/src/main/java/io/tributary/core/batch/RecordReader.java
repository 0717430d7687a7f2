package io.tributary.core.batch;

import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Walks the uncompressed records of one batch. Every length is checked against the bytes that are there before memory is taken. */
final class RecordReader {
    /** The smallest header: an empty name's length and a null value's. */
    private static final int MIN_HEADER_BYTES = 2;

    /** Records that do not parse. */
    static class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** Records that unpack to more than they may. */
    static final class TooLarge extends Malformed {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(message);
        }
    }

    private final ByteBuffer in;
    private final long baseOffset;
    private final int maxDelta;
    private final long baseTimestamp;
    private final boolean appendTime;

    /**
     * Reads from the buffer's position on.
     *
     * @param appendTime whether every record has {@code baseTimestamp}, whatever it says
     */
    RecordReader(ByteBuffer records, long baseOffset, int maxDelta, long baseTimestamp, boolean appendTime) {
        this.maxDelta = maxDelta;
        this.in = records;
        this.baseOffset = baseOffset;
        this.baseTimestamp = baseTimestamp;
        this.appendTime = appendTime;
    }

    boolean isAtEnd() {
        return !in.hasRemaining();
    }

    /** Whether the buffer holds exactly {@code count} records with rising offset deltas from 0. */
    static boolean isWellFormed(ByteBuffer records, int count) {
        RecordReader reader = new RecordReader(records, 0, count, 0, false);
        try {
            for (int i = 0; i < count; i++) {
                if (!reader.skip(i)) {
                    return false;
                }
            }
            return !records.hasRemaining();
        } catch (Malformed | BufferUnderflowException malformed) {
            return false;
        }
    }

    private boolean skip(int expectedDelta) throws Malformed {
        int end = recordEnd();
        in.get();
        Varint.readLong(in);
        if (Varint.readInt(in) != expectedDelta) {
            return false;
        }
        skipBytes(Varint.readInt(in));
        skipBytes(Varint.readInt(in));
        int headers = headerCount(end);
        for (int i = 0; i < headers; i++) {
            int name = Varint.readInt(in);
            if (name < 0) {
                return false;
            }
            skipBytes(name);
            skipBytes(Varint.readInt(in));
        }
        return in.position() == end;
    }

    /** The next record, or null if its offset is before {@code fromOffset}. */
    @Nullable Record next(long fromOffset) throws Malformed {
        try {
            int end = recordEnd();
            in.get();
            long timestampDelta = Varint.readLong(in);
            int delta = Varint.readInt(in);
            if (delta < 0 || delta > maxDelta) {
                throw new Malformed("a record's offset is not one of its batch");
            }
            long offset = baseOffset + delta;
            if (offset < fromOffset) {
                in.position(end);
                return null;
            }
            byte[] key = readBytes(Varint.readInt(in));
            byte[] value = readBytes(Varint.readInt(in));
            Headers headers = readHeaders(headerCount(end));
            if (in.position() != end) {
                throw new Malformed("a record is longer than its fields");
            }
            return new Record(offset, appendTime ? baseTimestamp : baseTimestamp + timestampDelta, key, value, headers);
        } catch (BufferUnderflowException cutOff) {
            throw new Malformed("a record is cut off");
        }
    }

    private int recordEnd() throws Malformed {
        int size = Varint.readInt(in);
        if (size < 0 || size > in.remaining()) {
            throw new Malformed("a record claims " + size + " bytes where " + in.remaining() + " are left");
        }
        return in.position() + size;
    }

    private int headerCount(int end) throws Malformed {
        int count = Varint.readInt(in);
        if (count < 0 || count > (end - in.position()) / MIN_HEADER_BYTES) {
            throw new Malformed("a record claims " + count + " headers");
        }
        return count;
    }

    private Headers readHeaders(int count) throws Malformed {
        if (count == 0) {
            return Headers.EMPTY;
        }
        Header[] headers = new Header[count];
        for (int i = 0; i < count; i++) {
            byte[] name = readBytes(Varint.readInt(in));
            if (name == null) {
                throw new Malformed("a header has no name");
            }
            headers[i] = new Header(new String(name, StandardCharsets.UTF_8), readBytes(Varint.readInt(in)));
        }
        return Headers.of(headers);
    }

    private byte @Nullable [] readBytes(int length) throws Malformed {
        if (length < 0) {
            return null;
        }
        if (length > in.remaining()) {
            throw new Malformed("a field claims " + length + " bytes where " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void skipBytes(int length) throws Malformed {
        if (length > in.remaining()) {
            throw new Malformed("a field claims " + length + " bytes where " + in.remaining() + " are left");
        }
        if (length > 0) {
            in.position(in.position() + length);
        }
    }
}
