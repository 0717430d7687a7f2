package io.tributary.protocol.http.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Writes records as JSON objects. */
final class RecordWriter {
    private RecordWriter() {
    }

    /** A record alone. */
    static final class OfRecord extends ValueSerializer<RecordJson> {
        @Override
        public void serialize(RecordJson value, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            writeFields(value, out);
            out.writeEndObject();
        }
    }

    /** A delivery: what settles it, then the record's fields. */
    static final class OfMessage extends ValueSerializer<MessageJson> {
        @Override
        public void serialize(MessageJson value, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            if (value.ackId() != null) {
                out.writeStringProperty("ackId", value.ackId());
            }
            out.writeNumberProperty("deliveryCount", value.deliveryCount());
            out.writeBooleanProperty("redelivered", value.redelivered());
            writeFields(value.record(), out);
            out.writeEndObject();
        }
    }

    /** A record that waits. */
    static final class OfScheduled extends ValueSerializer<ScheduledJson> {
        @Override
        public void serialize(ScheduledJson value, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            out.writeStringProperty("id", value.id());
            out.writeNumberProperty("notBefore", value.notBefore());
            out.writeStringProperty("topic", value.topic());
            writeBytes("key", "keyBase64", value.key(), out);
            writeBytes("value", "valueBase64", value.value(), out);
            out.writeObjectPropertyStart("headers");
            writeHeaders(value.headers(), out);
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    /** A retained value. */
    static final class OfRetained extends ValueSerializer<RetainedJson> {
        @Override
        public void serialize(RetainedJson value, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            out.writeStringProperty("topic", value.topic());
            out.writeNumberProperty("timestamp", value.timestamp());
            writeBytes("key", "keyBase64", value.key(), out);
            writeBytes("value", "valueBase64", value.value(), out);
            out.writeObjectPropertyStart("headers");
            writeHeaders(value.headers(), out);
            out.writeEndObject();
            out.writeEndObject();
        }
    }

    private static void writeFields(RecordJson record, JsonGenerator out) {
        out.writeStringProperty("topic", record.topic());
        out.writeNumberProperty("partition", record.partition());
        out.writeNumberProperty("offset", record.offset());
        out.writeNumberProperty("timestamp", record.timestamp());
        writeBytes("key", "keyBase64", record.key(), out);
        writeBytes("value", "valueBase64", record.value(), out);
        out.writeObjectPropertyStart("headers");
        writeHeaders(record.headers(), out);
        out.writeEndObject();
    }

    private static void writeBytes(String textName, String base64Name, byte @Nullable [] bytes, JsonGenerator out) {
        if (bytes == null) {
            out.writeNullProperty(textName);
            return;
        }
        String text = text(bytes);
        if (text == null) {
            out.writeStringProperty(base64Name, Base64.getEncoder().encodeToString(bytes));
        } else {
            out.writeStringProperty(textName, text);
        }
    }

    private static void writeHeaders(List<HeaderValue> headers, JsonGenerator out) {
        Map<String, List<HeaderValue>> byName = new LinkedHashMap<>();
        for (HeaderValue header : headers) {
            byName.computeIfAbsent(header.name(), name -> new ArrayList<>(1)).add(header);
        }
        byName.forEach((name, values) -> {
            out.writeName(name);
            if (values.size() == 1) {
                writeHeader(values.get(0).value(), out);
                return;
            }
            out.writeStartArray();
            values.forEach(value -> writeHeader(value.value(), out));
            out.writeEndArray();
        });
    }

    private static void writeHeader(byte @Nullable [] value, JsonGenerator out) {
        if (value == null) {
            out.writeNull();
            return;
        }
        String text = text(value);
        if (text != null) {
            out.writeString(text);
            return;
        }
        out.writeStartObject();
        out.writeStringProperty("base64", Base64.getEncoder().encodeToString(value));
        out.writeEndObject();
    }

    /** The bytes as text, null when they are not well-formed UTF-8. */
    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
