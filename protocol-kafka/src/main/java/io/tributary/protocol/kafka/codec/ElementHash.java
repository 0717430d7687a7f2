package io.tributary.protocol.kafka.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Readable;

/** The hash that an element of one of Kafka's collections has by its key, found by reading that element alone. */
final class ElementHash {
    private final MethodHandle reader;
    private final short version;

    /** Of elements of a generated class, in a version. */
    ElementHash(Class<?> element, short version) {
        this.version = version;
        try {
            reader = MethodHandles.publicLookup().findConstructor(element, MethodType.methodType(void.class, Readable.class, short.class))
                .asType(MethodType.methodType(Object.class, Readable.class, short.class));
        } catch (NoSuchMethodException | IllegalAccessException none) {
            throw new IllegalStateException("an element that cannot be read: " + element, none);
        }
    }

    /** The hash of the element between {@code begin} and the position, which were walked over before. */
    int of(ByteBuffer in, int begin) {
        ByteBuffer bytes = in.duplicate().flip().position(begin);
        try {
            return ((Object) reader.invokeExact((Readable) new ByteBufferAccessor(bytes), version)).hashCode();
        } catch (RuntimeException unreadable) {
            throw new MalformedRequestException("unreadable request: " + unreadable.getMessage(), unreadable);
        } catch (Throwable other) {
            throw new IllegalStateException("a reader of Kafka's failed", other);
        }
    }
}
