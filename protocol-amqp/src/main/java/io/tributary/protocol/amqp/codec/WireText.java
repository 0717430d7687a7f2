package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Short strings (section 4.2.5.3): at most 255 bytes of UTF-8. */
public final class WireText {
    /** The longest short string, in bytes. */
    public static final int MAX_SHORT = 255;

    private WireText() {
    }

    /** Passes the buffer on if it holds this many bytes; fails with SYNTAX_ERROR otherwise. */
    static ByteBuf need(ByteBuf in, int bytes) {
        if (in.readableBytes() < bytes) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "the arguments end too early");
        }
        return in;
    }

    static String readShort(ByteBuf in) {
        int length = need(in, 1).readUnsignedByte();
        need(in, length);
        boolean ascii = true;
        for (int i = 0; i < length && ascii; i++) {
            ascii = in.getByte(in.readerIndex() + i) >= 0;
        }
        if (ascii) {
            return in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "a short string is not UTF-8");
        }
    }

    /** Writes a short string; one that is longer is a fault of ours. */
    static void writeShort(ByteBuf out, String text) {
        int start = out.writerIndex();
        out.writeByte(0);
        int length = ByteBufUtil.writeUtf8(out, text);
        if (length > MAX_SHORT) {
            throw new IllegalArgumentException("a short string of " + length + " bytes");
        }
        out.setByte(start, length);
    }

    /** The text, cut after at most 255 bytes of UTF-8 without breaking a character. */
    public static String abbreviate(String text) {
        if (ByteBufUtil.utf8Bytes(text) <= MAX_SHORT) {
            return text;
        }
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MAX_SHORT) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }

    /** Whether the text fits a short string. */
    public static boolean fitsShort(String text) {
        return text.length() <= MAX_SHORT && ByteBufUtil.utf8Bytes(text) <= MAX_SHORT;
    }
}
