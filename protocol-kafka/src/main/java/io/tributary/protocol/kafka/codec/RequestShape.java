package io.tributary.protocol.kafka.codec;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.utils.internals.ImplicitLinkedHashCollection;
import org.jspecify.annotations.Nullable;

/**
 * How a request of one version lies in its bytes, by Kafka's own description of it. Walks over the bytes without making anything of them,
 * and counts what Kafka's reader would make: a few bytes can be an object of a hundred and more.
 */
final class RequestShape {
    private static final Map<Type, Integer> FIXED = Map.of(Type.BOOLEAN, 1, Type.INT8, 1, Type.INT16, 2, Type.UINT16, 2, Type.INT32, 4,
        Type.UNSIGNED_INT32, 4, Type.INT64, 8, Type.UUID, 16, Type.FLOAT64, 8);
    private static final Set<Type> SHORT_LENGTH = Set.of(Type.STRING, Type.NULLABLE_STRING);
    private static final Set<Type> INT_LENGTH = Set.of(Type.BYTES, Type.NULLABLE_BYTES, Type.RECORDS, Type.NULLABLE_RECORDS);
    private static final Set<Type> COMPACT_TEXT = Set.of(Type.COMPACT_STRING, Type.COMPACT_NULLABLE_STRING);
    private static final Set<Type> COMPACT_BYTES = Set.of(Type.COMPACT_BYTES, Type.COMPACT_NULLABLE_BYTES, Type.COMPACT_RECORDS,
        Type.COMPACT_NULLABLE_RECORDS);
    private static final int MAX_VARINT_BYTES = 5;
    private static final int MAX_VARLONG_BYTES = 10;
    private static final int VARINT_BITS = 7;

    /** Where Kafka's own code makes elements with a key, for the answer, of what is a list in the request. */
    private static final Set<ApiKeys> ANSWERED_BY_KEY = EnumSet.of(ApiKeys.OFFSET_DELETE, ApiKeys.ADD_PARTITIONS_TO_TXN,
        ApiKeys.DELETE_GROUPS);
    /** As many elements with a key may have the same hash. */
    private static final int HARMLESS = 16;
    private static final int[] NO_HASHES = {};

    private final Part whole;

    private RequestShape(Part whole) {
        this.whole = whole;
    }

    /**
     * What a request is read into.
     *
     * @param allKeyed whether every list counts as one of elements with a key
     */
    private record Made(short version, boolean allKeyed) {
    }

    /** The hash by the key of the element between {@code begin} and the position. */
    private interface Hash {
        int of(ByteBuffer in, int begin);
    }

    /** A piece of a request. */
    private interface Part {
        void walk(ByteBuffer in, RequestTally tally);
    }

    /** The shape of the body. */
    static RequestShape ofBody(ApiKeys api, short version) {
        Schema schema = api.messageType.requestSchemas()[version];
        Made made = new Made(version, ANSWERED_BY_KEY.contains(api));
        return new RequestShape(struct(schema, api.messageType.newRequest().getClass(), made));
    }

    /** The shape of the header. */
    static RequestShape ofHeader(short headerVersion) {
        return new RequestShape(struct(RequestHeaderData.SCHEMAS[headerVersion], RequestHeaderData.class, new Made(headerVersion, false)));
    }

    /** Walks from the position on. Fails with MalformedRequestException for what is not of this shape, or is over the tally's bounds. */
    void measure(ByteBuffer in, RequestTally tally) {
        try {
            whole.walk(in, tally);
        } catch (BufferUnderflowException early) {
            throw new MalformedRequestException("a request that ends within a field", early);
        }
    }

    private static Part struct(Schema schema, @Nullable Class<?> madeInto, Made made) {
        BoundField[] described = schema.fields();
        Part[] parts = new Part[described.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part(described[i].def, madeInto, made);
        }
        long weight = RequestTally.OBJECT + (long) RequestTally.REFERENCE * parts.length;
        Part fields = (in, tally) -> {
            tally.add(weight);
            for (Part part : parts) {
                part.walk(in, tally);
            }
        };
        if (!(schema instanceof NullableSchema)) {
            return fields;
        }
        return (in, tally) -> {
            if (in.get() >= 0) {
                fields.walk(in, tally);
            }
        };
    }

    private static Part part(Field field, @Nullable Class<?> owner, Made made) {
        Type type = field.type;
        if (type instanceof TaggedFields tagged) {
            return tagged(tagged, owner, made);
        }
        Method getter = owner == null ? null : getter(owner, field.name);
        if (type instanceof Schema schema) {
            return struct(schema, getter == null ? null : getter.getReturnType(), made);
        }
        return type.arrayElementType().isPresent() ? array(type, getter, made) : plain(type);
    }

    private static Part plain(Type type) {
        Integer size = FIXED.get(type);
        if (size != null) {
            int bytes = size;
            return (in, tally) -> skip(in, bytes);
        }
        if (SHORT_LENGTH.contains(type)) {
            return (in, tally) -> skipText(in, in.getShort(), tally);
        }
        if (INT_LENGTH.contains(type)) {
            return (in, tally) -> skipContent(in, in.getInt(), tally);
        }
        if (COMPACT_TEXT.contains(type)) {
            return (in, tally) -> skipText(in, varint(in) - 1, tally);
        }
        if (COMPACT_BYTES.contains(type)) {
            return (in, tally) -> skipContent(in, varint(in) - 1, tally);
        }
        if (type == Type.VARINT || type == Type.VARLONG) {
            return (in, tally) -> skipVarint(in);
        }
        throw new IllegalStateException("a type that is not known: " + type);
    }

    private static Part array(Type type, @Nullable Method getter, Made made) {
        Type element = type.arrayElementType().orElseThrow();
        boolean compact = type instanceof CompactArrayOf;
        Integer size = FIXED.get(element);
        if (size != null) {
            int bytes = size;
            // Java keeps an object for each of the 256 bytes.
            int each = RequestTally.REFERENCE + (bytes == 1 ? 0 : RequestTally.NUMBER);
            boolean keys = made.allKeyed && element == Type.INT32;
            return (in, tally) -> {
                int count = count(in, compact);
                tally.add(RequestTally.LIST + (long) count * each);
                if (keys) {
                    tally.addKeyed(numbers(in, count));
                }
                skip(in, (long) count * bytes);
            };
        }
        if (!(element instanceof Schema schema)) {
            return made.allKeyed
                ? keyed(plain(element), (in, begin) -> Objects.hashCode(element.read(in.duplicate().position(begin))), compact)
                : list(plain(element), compact);
        }
        Class<?> elementClass = elementClass(getter);
        Part part = struct(schema, elementClass, made);
        boolean keyed = made.allKeyed || getter != null && ImplicitLinkedHashCollection.class.isAssignableFrom(getter.getReturnType());
        return keyed && elementClass != null ? keyed(part, new ElementHash(elementClass, made.version)::of, compact) : list(part, compact);
    }

    private static int[] numbers(ByteBuffer in, int count) {
        if ((long) count * Integer.BYTES > in.remaining()) {
            throw new MalformedRequestException(count + " numbers in " + in.remaining() + " bytes");
        }
        int[] numbers = new int[count];
        in.slice().asIntBuffer().get(numbers);
        return numbers;
    }

    private static Part list(Part element, boolean compact) {
        return (in, tally) -> {
            int count = count(in, compact);
            tally.add(RequestTally.LIST + (long) count * RequestTally.REFERENCE);
            for (int i = 0; i < count; i++) {
                element.walk(in, tally);
            }
        };
    }

    private static Part keyed(Part element, Hash hash, boolean compact) {
        return (in, tally) -> {
            int count = count(in, compact);
            tally.add(RequestTally.TABLE + (long) count * RequestTally.TABLE_SLOT);
            int[] hashes = count > HARMLESS ? new int[count] : NO_HASHES;
            for (int i = 0; i < count; i++) {
                int begin = in.position();
                element.walk(in, tally);
                if (hashes.length > 0) {
                    hashes[i] = hash.of(in, begin);
                }
            }
            if (hashes.length > 0) {
                tally.addKeyed(hashes);
            }
        };
    }

    /** The number of elements; none for null, which Kafka's reader takes or refuses. */
    private static int count(ByteBuffer in, boolean compact) {
        int count = compact ? varint(in) - 1 : in.getInt();
        if (count > in.remaining()) {
            throw new MalformedRequestException(count + " elements in " + in.remaining() + " bytes");
        }
        return Math.max(0, count);
    }

    private static Part tagged(TaggedFields type, @Nullable Class<?> owner, Made made) {
        Map<Integer, Part> known = new HashMap<>();
        type.fields().forEach((tag, field) -> known.put(tag, part(field, owner, made)));
        return (in, tally) -> {
            for (int left = varint(in); left > 0; left--) {
                int tag = varint(in);
                int size = varint(in);
                Part part = known.get(tag);
                if (part != null) {
                    part.walk(in, tally);
                } else if (size >= 0) {
                    tally.add(RequestTally.TAG + (long) size);
                    skip(in, size);
                } else {
                    throw new MalformedRequestException("a tagged field of " + size + " bytes");
                }
            }
        };
    }

    /** A text is copied when it is read. */
    private static void skipText(ByteBuffer in, int length, RequestTally tally) {
        tally.add(RequestTally.TEXT + 2L * Math.max(0, length));
        skip(in, Math.max(0, length));
    }

    /** Bytes and records: a copy of the one, a view of the other. */
    private static void skipContent(ByteBuffer in, int length, RequestTally tally) {
        tally.add(RequestTally.TEXT);
        skip(in, Math.max(0, length));
    }

    private static void skip(ByteBuffer in, long bytes) {
        if (bytes > in.remaining()) {
            throw new MalformedRequestException("a field of " + bytes + " bytes in " + in.remaining());
        }
        in.position(in.position() + (int) bytes);
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte next = in.get();
            value |= (next & Byte.MAX_VALUE) << (i * VARINT_BITS);
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedRequestException("a number of more than five bytes");
    }

    private static void skipVarint(ByteBuffer in) {
        for (int i = 0; i < MAX_VARLONG_BYTES; i++) {
            if (in.get() >= 0) {
                return;
            }
        }
        throw new MalformedRequestException("a number of more than ten bytes");
    }

    /** The generated class's getter of a field, which tells what it is read into; null if there is none of that name. */
    private static @Nullable Method getter(Class<?> owner, String fieldName) {
        StringBuilder name = new StringBuilder();
        for (String word : fieldName.split("_", -1)) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        try {
            return owner.getMethod(name.toString());
        } catch (NoSuchMethodException none) {
            return null;
        }
    }

    private static @Nullable Class<?> elementClass(@Nullable Method getter) {
        if (getter == null) {
            return null;
        }
        java.lang.reflect.Type made = ImplicitLinkedHashCollection.class.isAssignableFrom(getter.getReturnType())
            ? getter.getReturnType().getGenericSuperclass()
            : getter.getGenericReturnType();
        return made instanceof ParameterizedType of && of.getActualTypeArguments()[0] instanceof Class<?> element ? element : null;
    }
}
