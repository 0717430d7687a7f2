package io.tributary.protocol.amqp.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A typed value of a field table: the types that RabbitMQ and its clients write (the grammar of section 4.2.1 with the published
 * errata). Arrays of bytes are not copied and must not be changed.
 */
public sealed interface FieldValue {
    /** Text as a long string. */
    static FieldValue of(String text) {
        return new LongString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Type {@code t}. */
    record Bool(boolean value) implements FieldValue {
    }

    /** Type {@code b}. */
    record Int8(byte value) implements FieldValue {
    }

    /** Type {@code B}: 0 to 255. */
    record UInt8(int value) implements FieldValue {
    }

    /** Type {@code s}. */
    record Int16(short value) implements FieldValue {
    }

    /** Type {@code u}: 0 to 65535. */
    record UInt16(int value) implements FieldValue {
    }

    /** Type {@code I}. */
    record Int32(int value) implements FieldValue {
    }

    /** Type {@code i}: 0 to 2^32-1. */
    record UInt32(long value) implements FieldValue {
    }

    /** Type {@code l}. */
    record Int64(long value) implements FieldValue {
    }

    /** Type {@code f}. */
    record Float32(float value) implements FieldValue {
    }

    /** Type {@code d}. */
    record Float64(double value) implements FieldValue {
    }

    /** Type {@code D}: {@code unscaled} times ten to the power of minus {@code scale}, which is 0 to 255. */
    record Decimal(int scale, int unscaled) implements FieldValue {
    }

    /** Type {@code T}: seconds since the epoch. */
    record Timestamp(long seconds) implements FieldValue {
    }

    /** Type {@code V}. */
    record Null() implements FieldValue {
    }

    /** Type {@code A}. */
    record Array(List<FieldValue> values) implements FieldValue {
        public Array {
            values = List.copyOf(values);
        }
    }

    /** Type {@code F}. */
    record Table(FieldTable table) implements FieldValue {
    }

    /** Type {@code S}: bytes, by convention UTF-8 text. */
    record LongString(byte[] bytes) implements FieldValue {
        /** The text; malformed UTF-8 replaced. */
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof LongString s && Arrays.equals(bytes, s.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** Type {@code x}. */
    record Bytes(byte[] bytes) implements FieldValue {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Bytes b && Arrays.equals(bytes, b.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "bytes[" + bytes.length + "]";
        }
    }
}
