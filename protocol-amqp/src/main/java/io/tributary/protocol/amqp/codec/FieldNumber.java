package io.tributary.protocol.amqp.codec;

import org.jspecify.annotations.Nullable;

/** Reads numbers of whatever width a client chose for them. */
public final class FieldNumber {
    private FieldNumber() {
    }

    /** The value if it is of an integer type, else null. */
    public static @Nullable Long integer(FieldValue value) {
        if (value instanceof FieldValue.Int8 number) {
            return (long) number.value();
        } else if (value instanceof FieldValue.UInt8 number) {
            return (long) number.value();
        } else if (value instanceof FieldValue.Int16 number) {
            return (long) number.value();
        } else if (value instanceof FieldValue.UInt16 number) {
            return (long) number.value();
        } else if (value instanceof FieldValue.Int32 number) {
            return (long) number.value();
        } else if (value instanceof FieldValue.UInt32 number) {
            return number.value();
        }
        return value instanceof FieldValue.Int64 number ? number.value() : null;
    }
}
