package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/** Writes a method's arguments in their order. */
final class ArgumentWriter {
    private final ByteBuf out;
    private int bits;
    private int bitCount;

    ArgumentWriter(ByteBuf out) {
        this.out = out;
    }

    ArgumentWriter uint8(int value) {
        aligned().writeByte(value);
        return this;
    }

    ArgumentWriter uint16(int value) {
        aligned().writeShort(value);
        return this;
    }

    ArgumentWriter uint32(long value) {
        aligned().writeInt((int) value);
        return this;
    }

    ArgumentWriter int64(long value) {
        aligned().writeLong(value);
        return this;
    }

    ArgumentWriter shortString(String text) {
        WireText.writeShort(aligned(), text);
        return this;
    }

    ArgumentWriter longString(byte[] bytes) {
        aligned().writeInt(bytes.length).writeBytes(bytes);
        return this;
    }

    ArgumentWriter table(FieldTable table) {
        FieldTableCodec.write(aligned(), table);
        return this;
    }

    ArgumentWriter bit(boolean value) {
        bits |= value ? 1 << bitCount : 0;
        if (++bitCount == Byte.SIZE) {
            aligned();
        }
        return this;
    }

    /** Writes bits that are still waiting for their octet to fill. */
    void end() {
        aligned();
    }

    private ByteBuf aligned() {
        if (bitCount > 0) {
            out.writeByte(bits);
            bits = 0;
            bitCount = 0;
        }
        return out;
    }
}
