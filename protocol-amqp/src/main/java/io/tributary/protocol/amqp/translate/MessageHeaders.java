package io.tributary.protocol.amqp.translate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Subject;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldTableCodec;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.WireText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message's properties and header table as record headers and back. {@link #toProperties} of what {@link #toHeaders} made is the same
 * properties, types and order included: a table that holds anything but text, or a name twice, is kept beside its readable headers.
 */
public final class MessageHeaders {
    private static final String TYPE = HeaderNames.TYPE;
    private static final String USER_ID = "amqp.user-id";
    private static final String APP_ID = "amqp.app-id";
    private static final String CLUSTER_ID = "amqp.cluster-id";
    private static final String TIMESTAMP = "amqp.timestamp";
    private static final String DELIVERY_MODE = HeaderNames.DELIVERY_MODE;
    /** The header table as it was on the wire. */
    private static final String TABLE = "amqp.headers";

    private static final String DELIVERY_COUNT = "x-delivery-count";

    private static final int MAX_OCTET = 255;

    private MessageHeaders() {
    }

    /** The record headers of a message. */
    public static Headers toHeaders(ContentProperties properties) {
        if (properties.equals(ContentProperties.EMPTY)) {
            return Headers.EMPTY;
        }
        Headers.Builder out = Headers.builder();
        add(out, HeaderNames.CONTENT_TYPE, properties.contentType());
        add(out, HeaderNames.CONTENT_ENCODING, properties.contentEncoding());
        add(out, HeaderNames.CORRELATION_ID, properties.correlationId());
        add(out, HeaderNames.REPLY_TO, properties.replyTo());
        add(out, HeaderNames.MESSAGE_ID, properties.messageId());
        add(out, HeaderNames.EXPIRATION, properties.expiration());
        add(out, HeaderNames.PRIORITY, properties.priority());
        add(out, TYPE, properties.type());
        add(out, USER_ID, properties.userId());
        add(out, APP_ID, properties.appId());
        add(out, CLUSTER_ID, properties.clusterId());
        add(out, TIMESTAMP, properties.timestamp());
        add(out, DELIVERY_MODE, properties.deliveryMode());
        FieldTable table = properties.headers();
        if (table != null) {
            for (FieldTable.Entry entry : table.entries()) {
                out.add(HeaderNames.escape(entry.name()), FieldText.toBytes(entry.value()));
            }
            if (!isPlain(table)) {
                out.add(TABLE, encode(table));
            }
        }
        return out.build();
    }

    /** The properties and header table that a record's headers amount to, whatever protocol wrote them. */
    public static ContentProperties toProperties(Headers headers) {
        if (headers.isEmpty()) {
            return ContentProperties.EMPTY;
        }
        Map<String, Header> fields = new LinkedHashMap<>();
        List<Header> others = new ArrayList<>();
        for (Header header : headers) {
            if (isProperty(header)) {
                fields.put(header.name(), header);
            } else {
                others.add(header);
            }
        }
        // Before the fields are taken out: what stays in the map had no place among the properties and travels in the table.
        FieldTable raw = decode(fields.remove(TABLE));
        String contentType = text(fields, HeaderNames.CONTENT_TYPE);
        String contentEncoding = text(fields, HeaderNames.CONTENT_ENCODING);
        Integer deliveryMode = octet(fields, DELIVERY_MODE);
        Integer priority = octet(fields, HeaderNames.PRIORITY);
        String correlationId = text(fields, HeaderNames.CORRELATION_ID);
        String replyTo = text(fields, HeaderNames.REPLY_TO);
        String expiration = text(fields, HeaderNames.EXPIRATION);
        String messageId = text(fields, HeaderNames.MESSAGE_ID);
        Long timestamp = number(fields, TIMESTAMP);
        String type = text(fields, TYPE);
        String userId = text(fields, USER_ID);
        String appId = text(fields, APP_ID);
        String clusterId = text(fields, CLUSTER_ID);
        others.addAll(fields.values());
        DeadLetterHistory history = DeadLetterHistory.of(headers);
        FieldTable table = table(raw, others, history);
        return new ContentProperties(contentType, contentEncoding, table, deliveryMode, priority, correlationId, replyTo, expiration,
            messageId, timestamp, type, userId, appId, clusterId);
    }

    /** With RabbitMQ's count of earlier deliveries that came back, which it shows of quorum queues. */
    public static ContentProperties withDeliveryCount(ContentProperties properties, long returned) {
        FieldTable.Builder out = FieldTable.builder().put(DELIVERY_COUNT, new FieldValue.Int64(returned));
        FieldTable table = properties.headers();
        if (table != null) {
            for (FieldTable.Entry entry : table.entries()) {
                if (!entry.name().equals(DELIVERY_COUNT)) {
                    out.put(entry.name(), entry.value());
                }
            }
        }
        return properties.withHeaders(out.build());
    }

    private static boolean isProperty(Header header) {
        return switch (header.name()) {
            case HeaderNames.CONTENT_TYPE, HeaderNames.CONTENT_ENCODING, HeaderNames.CORRELATION_ID, HeaderNames.REPLY_TO,
                HeaderNames.MESSAGE_ID, HeaderNames.EXPIRATION, HeaderNames.PRIORITY, TYPE, USER_ID, APP_ID, CLUSTER_ID, TIMESTAMP,
                DELIVERY_MODE, TABLE -> true;
            default -> false;
        };
    }

    /** Whether text headers alone bring the table back as it was. An empty table is told from an absent one. */
    private static boolean isPlain(FieldTable table) {
        Set<String> names = new HashSet<>();
        for (FieldTable.Entry entry : table.entries()) {
            boolean text = entry.value() instanceof FieldValue.LongString string && Subject.ofKey(string.bytes()) != null;
            if (!text || !names.add(entry.name())) {
                return false;
            }
        }
        return !table.isEmpty();
    }

    private static @Nullable FieldTable table(@Nullable FieldTable raw, List<Header> others, DeadLetterHistory history) {
        if (raw == null && others.isEmpty()) {
            return null;
        }
        boolean hasDied = !history.events().isEmpty();
        FieldTable.Builder out = FieldTable.builder();
        Set<String> known = new HashSet<>();
        if (hasDied) {
            DeathHeaders.put(out, history);
        }
        if (raw != null) {
            for (FieldTable.Entry entry : raw.entries()) {
                if (!hasDied || !DeathHeaders.isOne(entry.name())) {
                    out.put(entry.name(), entry.value());
                }
                known.add(entry.name());
            }
        }
        Map<String, List<FieldValue>> values = new LinkedHashMap<>();
        for (Header header : others) {
            String name = WireText.abbreviate(HeaderNames.unescape(header.name()));
            boolean told = hasDied && (header.name().equals(HeaderNames.DEAD_LETTER) || DeathHeaders.isOne(name));
            if (!told && !known.contains(name)) {
                values.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value(header));
            }
        }
        values.forEach((name, list) -> out.put(name, list.size() == 1 ? list.get(0) : new FieldValue.Array(list)));
        return out.build();
    }

    private static FieldValue value(Header header) {
        byte[] bytes = header.value();
        if (bytes == null) {
            return new FieldValue.Null();
        }
        return Subject.ofKey(bytes) == null ? new FieldValue.Bytes(bytes) : new FieldValue.LongString(bytes);
    }

    private static byte[] encode(FieldTable table) {
        ByteBuf out = Unpooled.buffer();
        FieldTableCodec.write(out, table);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    /** Any client can write a header of this name: what does not parse is no table, and is not shown. */
    private static @Nullable FieldTable decode(@Nullable Header header) {
        byte[] bytes = header == null ? null : header.value();
        if (bytes == null) {
            return null;
        }
        try {
            return FieldTableCodec.read(Unpooled.wrappedBuffer(bytes));
        } catch (AmqpException notATable) {
            return null;
        }
    }

    private static void add(Headers.Builder out, String name, @Nullable Object value) {
        if (value != null) {
            out.add(name, value.toString());
        }
    }

    /** Takes the field out if it fits a short string. */
    private static @Nullable String text(Map<String, Header> fields, String name) {
        Header header = fields.get(name);
        String text = header == null ? null : Subject.ofKey(header.value());
        if (text == null || !WireText.fitsShort(text)) {
            return null;
        }
        fields.remove(name);
        return text;
    }

    private static @Nullable Integer octet(Map<String, Header> fields, String name) {
        Header header = fields.get(name);
        String text = header == null ? null : header.text();
        if (text == null) {
            return null;
        }
        try {
            int value = Integer.parseInt(text);
            if (value < 0 || value > MAX_OCTET) {
                return null;
            }
            fields.remove(name);
            return value;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static @Nullable Long number(Map<String, Header> fields, String name) {
        Header header = fields.get(name);
        String text = header == null ? null : header.text();
        if (text == null) {
            return null;
        }
        try {
            long value = Long.parseLong(text);
            fields.remove(name);
            return value;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }
}
