package io.tributary.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;

/** The strings of MQTT 5.0 section 1.5.4: well-formed UTF-8, no surrogates, no U+0000. */
public final class Utf8 {
    private Utf8() {
    }

    static boolean isString(ByteBuf buffer, int start, int length) {
        int end = start + length;
        int at = start;
        while (at < end) {
            int b = buffer.getByte(at);
            if (b > 0) {
                at++;
                continue;
            }
            int size = sequenceLength(b & 0xFF);
            if (size == 0 || end - at < size || !isSequence(buffer, at, size)) {
                return false;
            }
            at += size;
        }
        return true;
    }

    /** Whether the text may be an MQTT string: no U+0000, no lone surrogates, at most 65,535 bytes. */
    public static boolean isString(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                if (i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
                bytes += 4;
            } else if (Character.isLowSurrogate(c)) {
                return false;
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        return bytes <= 0xFFFF;
    }

    /** 0 for a byte that begins none, U+0000 included. */
    private static int sequenceLength(int first) {
        if (first >= 0xC2 && first <= 0xDF) {
            return 2;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            return 3;
        }
        return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    }

    private static boolean isSequence(ByteBuf buffer, int at, int size) {
        int first = buffer.getUnsignedByte(at);
        int second = buffer.getUnsignedByte(at + 1);
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return false;
        }
        for (int i = 2; i < size; i++) {
            if ((buffer.getByte(at + i) & 0xC0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
