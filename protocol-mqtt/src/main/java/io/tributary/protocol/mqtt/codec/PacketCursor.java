package io.tributary.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Reads a packet's fields within its bounds, without moving the buffer's reader index. Each field outside them is a malformed packet. */
final class PacketCursor {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int at;
    private int end;

    /** Starts over at the bytes from {@code start} to {@code end}. */
    void reset(ByteBuf newBuffer, int start, int newEnd) {
        buffer = newBuffer;
        at = start;
        end = newEnd;
    }

    void release() {
        buffer = Unpooled.EMPTY_BUFFER;
    }

    int remaining() {
        return end - at;
    }

    int u8() {
        need(1);
        return buffer.getUnsignedByte(at++);
    }

    int u16() {
        need(2);
        int value = buffer.getUnsignedShort(at);
        at += 2;
        return value;
    }

    long u32() {
        need(4);
        long value = buffer.getUnsignedInt(at);
        at += 4;
        return value;
    }

    /** A variable byte integer (MQTT 5.0 section 1.5.5). */
    int varint() {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = u8();
            value |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                return value;
            }
        }
        throw malformed("a variable byte integer of more than 4 bytes");
    }

    void skip(int length) {
        need(length);
        at += length;
    }

    /** Binary data with a length of two bytes. */
    void binary() {
        skip(u16());
    }

    /** A string: well-formed UTF-8 without U+0000 (MQTT-1.5.4-1, -2). Returns its length in bytes. */
    int string() {
        int length = u16();
        need(length);
        if (!Utf8.isString(buffer, at, length)) {
            throw malformed("a string that is not well-formed UTF-8, or holds U+0000");
        }
        at += length;
        return length;
    }

    /** A topic name: a string without wildcards (MQTT-3.3.2-2). Returns its length in bytes. */
    int topicName() {
        int length = string();
        for (int i = at - length; i < at; i++) {
            byte b = buffer.getByte(i);
            if (b == '+' || b == '#') {
                throw new PacketException(Reason.TOPIC_NAME_INVALID, "a wildcard in a topic name");
            }
        }
        return length;
    }

    /** Whether the string whose bytes lie just before reads like this; ASCII only. */
    boolean lastWas(String ascii, int length) {
        if (ascii.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(at - length + i) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void end(String what) {
        if (at != end) {
            throw malformed("bytes after the end of " + what);
        }
    }

    int position() {
        return at;
    }

    private void need(int bytes) {
        if (bytes > end - at) {
            throw malformed("a field that reaches past the packet's end");
        }
    }

    static PacketException malformed(String detail) {
        return new PacketException(Reason.MALFORMED_PACKET, detail);
    }
}
