package io.tributary.protocol.amqp.translate;

import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Typed field values as text that any protocol can read: numbers in decimal, tables and arrays as JSON. */
public final class FieldText {
    private FieldText() {
    }

    /** The bytes that a header of this value holds; null for a void. */
    public static byte @Nullable [] toBytes(FieldValue value) {
        if (value instanceof FieldValue.LongString string) {
            return string.bytes();
        }
        if (value instanceof FieldValue.Bytes binary) {
            return binary.bytes();
        }
        return value instanceof FieldValue.Null ? null : toText(value).getBytes(StandardCharsets.UTF_8);
    }

    /** The value as text; binary in Base64. */
    public static String toText(FieldValue value) {
        if (value instanceof FieldValue.LongString string) {
            return string.text();
        }
        StringBuilder out = new StringBuilder();
        appendJson(out, value);
        return out.toString();
    }

    private static void appendJson(StringBuilder out, FieldValue value) {
        if (value instanceof FieldValue.Table table) {
            appendTable(out, table.table());
        } else if (value instanceof FieldValue.Array array) {
            out.append('[');
            String separator = "";
            for (FieldValue element : array.values()) {
                out.append(separator);
                appendElement(out, element);
                separator = ",";
            }
            out.append(']');
        } else if (value instanceof FieldValue.Bytes binary) {
            out.append(Base64.getEncoder().encodeToString(binary.bytes()));
        } else if (value instanceof FieldValue.Null) {
            out.append("null");
        } else {
            out.append(scalar(value));
        }
    }

    private static void appendTable(StringBuilder out, FieldTable table) {
        out.append('{');
        String separator = "";
        for (FieldTable.Entry entry : table.entries()) {
            out.append(separator);
            appendQuoted(out, entry.name());
            out.append(':');
            appendElement(out, entry.value());
            separator = ",";
        }
        out.append('}');
    }

    private static void appendElement(StringBuilder out, FieldValue value) {
        if (value instanceof FieldValue.LongString string) {
            appendQuoted(out, string.text());
        } else if (value instanceof FieldValue.Bytes) {
            appendQuoted(out, toText(value));
        } else {
            appendJson(out, value);
        }
    }

    private static String scalar(FieldValue value) {
        if (value instanceof FieldValue.Bool bool) {
            return Boolean.toString(bool.value());
        } else if (value instanceof FieldValue.Int8 number) {
            return Byte.toString(number.value());
        } else if (value instanceof FieldValue.UInt8 number) {
            return Integer.toString(number.value());
        } else if (value instanceof FieldValue.Int16 number) {
            return Short.toString(number.value());
        } else if (value instanceof FieldValue.UInt16 number) {
            return Integer.toString(number.value());
        } else if (value instanceof FieldValue.Int32 number) {
            return Integer.toString(number.value());
        } else if (value instanceof FieldValue.UInt32 number) {
            return Long.toString(number.value());
        } else if (value instanceof FieldValue.Int64 number) {
            return Long.toString(number.value());
        } else if (value instanceof FieldValue.Float32 number) {
            return Float.toString(number.value());
        } else if (value instanceof FieldValue.Float64 number) {
            return Double.toString(number.value());
        } else if (value instanceof FieldValue.Timestamp timestamp) {
            return Long.toString(timestamp.seconds());
        } else if (value instanceof FieldValue.Decimal number) {
            return new BigDecimal(BigInteger.valueOf(number.unscaled()), number.scale()).toPlainString();
        }
        throw new IllegalArgumentException("no text form for " + value);
    }

    private static void appendQuoted(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
