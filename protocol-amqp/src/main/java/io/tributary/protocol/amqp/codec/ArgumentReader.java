package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/** Reads a method's arguments in their order; fails with SYNTAX_ERROR when they do not fit. */
final class ArgumentReader {
    private final ByteBuf in;
    private int bits;
    private int nextBit = Byte.SIZE;

    ArgumentReader(ByteBuf in) {
        this.in = in;
    }

    int uint8() {
        return aligned(1).readUnsignedByte();
    }

    int uint16() {
        return aligned(2).readUnsignedShort();
    }

    long uint32() {
        return aligned(4).readUnsignedInt();
    }

    long int64() {
        return aligned(8).readLong();
    }

    String shortString() {
        return WireText.readShort(aligned(1));
    }

    byte[] longString() {
        long length = aligned(4).readUnsignedInt();
        if (length > in.readableBytes()) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "a long string claims " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.readBytes(bytes);
        return bytes;
    }

    FieldTable table() {
        return FieldTableCodec.read(aligned(4));
    }

    /** Bits that follow each other share an octet, lowest first (section 4.2.5.2). */
    boolean bit() {
        if (nextBit == Byte.SIZE) {
            bits = WireText.need(in, 1).readByte();
            nextBit = 0;
        }
        return (bits >> nextBit++ & 1) != 0;
    }

    private ByteBuf aligned(int bytes) {
        nextBit = Byte.SIZE;
        return WireText.need(in, bytes);
    }
}
