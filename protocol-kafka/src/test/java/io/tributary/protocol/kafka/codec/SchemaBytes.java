package io.tributary.protocol.kafka.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/** Writes requests of any API and version by Kafka's own description of them, field by field, with the values that a test gives. */
public final class SchemaBytes {
    private static final int CAPACITY = 1 << 20;

    private static final Set<Type> COMPACT = Set.of(Type.COMPACT_BYTES, Type.COMPACT_NULLABLE_BYTES, Type.COMPACT_RECORDS,
        Type.COMPACT_NULLABLE_RECORDS);

    private final Values values;
    private final ByteBuffer out = ByteBuffer.allocate(CAPACITY);
    private final ByteBufferAccessor accessor = new ByteBufferAccessor(out);
    private final List<Integer> lengths = new ArrayList<>();

    private SchemaBytes(Values values) {
        this.values = values;
    }

    /** What the fields hold. */
    public interface Values {
        /** Null only where that may be. */
        String text(String field);

        /** Of 1, 2, 4 or 8 bytes. */
        long number(String field, int bytes);

        /** Bytes or records. */
        byte[] content(String field);

        /** A topic's identifier; 16 bytes. */
        byte[] uuid(String field);

        /** How many elements an array has. */
        int elements(String path);

        /** How many tagged fields follow that nobody knows, each of one byte. */
        default int unknownTags() {
            return 0;
        }
    }

    /**
     * A request.
     *
     * @param frame   without its size
     * @param lengths where the lengths of texts, bytes and arrays are
     */
    public record Written(byte[] frame, List<Integer> lengths) {
    }

    /** A whole frame without its size. */
    public static Written request(ApiKeys api, short version, Values values) {
        SchemaBytes bytes = new SchemaBytes(values);
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(version).setCorrelationId(7)
            .setClientId("written");
        short headerVersion = api.requestHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        header.size(cache, headerVersion);
        header.write(bytes.accessor, cache, headerVersion);
        bytes.struct(api.messageType.requestSchemas()[version], "");
        byte[] frame = new byte[bytes.out.flip().remaining()];
        bytes.out.get(frame);
        return new Written(frame, bytes.lengths);
    }

    /** The arrays of a request, as the paths of their fields. */
    public static List<String> arrays(ApiKeys api, short version) {
        List<String> found = new ArrayList<>();
        collect(api.messageType.requestSchemas()[version], "", found);
        return found;
    }

    private static void collect(Schema schema, String path, List<String> found) {
        for (BoundField field : schema.fields()) {
            Type type = field.def.type;
            String name = path + "/" + field.def.name;
            if (type.arrayElementType().isPresent()) {
                found.add(name);
                type = type.arrayElementType().get();
            }
            if (type instanceof Schema inner) {
                collect(inner, name, found);
            }
        }
    }

    private void struct(Schema schema, String path) {
        for (BoundField field : schema.fields()) {
            field(field.def, field.def.type, path + "/" + field.def.name);
        }
    }

    private void field(Field field, Type type, String path) {
        if (type instanceof TaggedFields) {
            int count = values.unknownTags();
            accessor.writeUnsignedVarint(count);
            for (int i = 0; i < count; i++) {
                accessor.writeUnsignedVarint(1000 + i);
                accessor.writeUnsignedVarint(1);
                out.put((byte) 1);
            }
        } else if (type instanceof Schema schema) {
            if (schema instanceof NullableSchema) {
                out.put((byte) 1);
            }
            struct(schema, path);
        } else if (type.arrayElementType().isPresent()) {
            int count = values.elements(path);
            length(type instanceof CompactArrayOf, 4, count);
            for (int i = 0; i < count; i++) {
                field(field, type.arrayElementType().get(), path);
            }
        } else {
            value(type, field.name);
        }
    }

    private void value(Type type, String name) {
        if (type == Type.BOOLEAN || type == Type.INT8) {
            out.put((byte) values.number(name, 1));
        } else if (type == Type.INT16 || type == Type.UINT16) {
            out.putShort((short) values.number(name, 2));
        } else if (type == Type.INT32 || type == Type.UNSIGNED_INT32) {
            out.putInt((int) values.number(name, 4));
        } else if (type == Type.INT64) {
            out.putLong(values.number(name, 8));
        } else if (type == Type.FLOAT64) {
            out.putDouble((double) values.number(name, 8));
        } else if (type == Type.UUID) {
            out.put(values.uuid(name));
        } else if (type == Type.STRING || type == Type.NULLABLE_STRING) {
            content(false, 2, values.text(name).getBytes(StandardCharsets.UTF_8));
        } else if (type == Type.COMPACT_STRING || type == Type.COMPACT_NULLABLE_STRING) {
            content(true, 0, values.text(name).getBytes(StandardCharsets.UTF_8));
        } else {
            content(COMPACT.contains(type), 4, values.content(name));
        }
    }

    private void content(boolean compact, int lengthBytes, byte[] bytes) {
        length(compact, lengthBytes, bytes.length);
        out.put(bytes);
    }

    private void length(boolean compact, int lengthBytes, int length) {
        lengths.add(out.position());
        if (compact) {
            accessor.writeUnsignedVarint(length + 1);
        } else if (lengthBytes == 2) {
            out.putShort((short) length);
        } else {
            out.putInt(length);
        }
    }
}
