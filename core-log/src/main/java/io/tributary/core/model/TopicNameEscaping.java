package io.tributary.core.model;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Writes any name as a legal topic name, reversibly: a byte of its UTF-8 form that a topic name may not have becomes {@code _xHH}
 * (upper-case hexadecimal), and a {@code _} that would read as such an escape becomes {@code _x5F}. Legal names that hold no such
 * sequence stand for themselves.
 */
public final class TopicNameEscaping {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int ESCAPE_LENGTH = 4;

    private TopicNameEscaping() {
    }

    /**
     * The topic name that stands for {@code name}.
     *
     * @throws BrokerException {@link ErrorCode#INVALID_TOPIC} if the name is empty or its escaped form is over-long
     */
    public static String escape(String name) {
        if (TopicName.isLegal(name) && !name.contains("_x")) {
            return name;
        }
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(utf8.length + ESCAPE_LENGTH);
        boolean dots = name.equals(".") || name.equals("..");
        for (int i = 0; i < utf8.length; i++) {
            char c = (char) (utf8[i] & 0xFF);
            boolean readsAsEscape = c == '_' && i + 3 < utf8.length && utf8[i + 1] == 'x' && isHex(utf8[i + 2]) && isHex(utf8[i + 3]);
            if (TopicName.isLegal(c) && !readsAsEscape && !dots) {
                out.append(c);
            } else {
                out.append("_x").append(HEX.toHexDigits(utf8[i]));
            }
        }
        if (!TopicName.isLegal(out.toString())) {
            throw new BrokerException(ErrorCode.INVALID_TOPIC, "a name that is empty, or over 249 bytes when escaped, is no topic");
        }
        return out.toString();
    }

    /** The inverse of {@link #escape}; a name that {@code escape} cannot have made stands for itself. */
    public static String unescape(String topicName) {
        if (!topicName.contains("_x")) {
            return topicName;
        }
        byte[] in = topicName.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '_' && i + 3 < in.length && in[i + 1] == 'x' && isHex(in[i + 2]) && isHex(in[i + 3])) {
                out[length++] = (byte) (Character.digit(in[i + 2], 16) << 4 | Character.digit(in[i + 3], 16));
                i += 3;
            } else {
                out[length++] = in[i];
            }
        }
        String name = new String(out, 0, length, StandardCharsets.UTF_8);
        boolean canonical = !name.isEmpty() && name.length() <= TopicName.MAX_LENGTH && topicName.equals(escapeOrEmpty(name));
        return canonical ? name : topicName;
    }

    private static String escapeOrEmpty(String name) {
        try {
            return escape(name);
        } catch (BrokerException tooLong) {
            return "";
        }
    }

    private static boolean isHex(byte b) {
        return b >= '0' && b <= '9' || b >= 'A' && b <= 'F';
    }
}
