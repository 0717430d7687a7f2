package io.tributary.core.batch;

import java.nio.ByteBuffer;

/**
 * Checks the lengths in a snappy stream before the library sees it, which takes memory for whatever a length claims. Two forms are in use:
 * a header of 16 bytes and chunks, each behind its length (4 bytes); and a single block.
 */
final class SnappyFrames {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int HEADER_BYTES = 16;

    private SnappyFrames() {
    }

    static void check(ByteBuffer stream, int maxUnpackedBytes) throws RecordReader.Malformed {
        if (stream.remaining() < HEADER_BYTES || stream.getLong(stream.position()) != MAGIC) {
            checkBlock(stream, maxUnpackedBytes);
            return;
        }
        stream.position(stream.position() + HEADER_BYTES);
        while (stream.remaining() >= Integer.BYTES) {
            int length = stream.getInt();
            if (length < 0 || length > stream.remaining()) {
                throw new RecordReader.Malformed("a snappy chunk claims " + length + " bytes where " + stream.remaining() + " are left");
            }
            checkBlock(stream.slice(stream.position(), length), maxUnpackedBytes);
            stream.position(stream.position() + length);
        }
    }

    /** A block begins with the length that it unpacks to, seven bits a byte, the lowest first. */
    private static void checkBlock(ByteBuffer block, int maxUnpackedBytes) throws RecordReader.Malformed {
        long length = 0;
        for (int shift = 0; shift <= 28 && block.hasRemaining(); shift += 7) {
            byte b = block.get();
            length |= (b & 0x7fL) << shift;
            if (b >= 0) {
                if (length > maxUnpackedBytes) {
                    throw new RecordReader.TooLarge("a snappy block claims to unpack to " + length + " bytes");
                }
                return;
            }
        }
        throw new RecordReader.Malformed("a snappy block has no length");
    }
}
