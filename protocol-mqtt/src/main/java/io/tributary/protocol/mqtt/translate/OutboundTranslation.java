package io.tributary.protocol.mqtt.translate;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.tributary.core.model.Address;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.mqtt.codec.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From stored records to MQTT's topic names and properties. */
public final class OutboundTranslation {
    /** The time to live of a record that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int MAX_BYTES = 0xFFFF;
    private static final int MAX_QOS = 2;
    private static final long MS_PER_SECOND = 1000;
    private static final long MAX_U32 = 0xFFFF_FFFFL;

    private OutboundTranslation() {
    }

    /** The topic name of a record: its address, or its topic's name alone when the key makes no legal topic name (MQTT-3.3.2-2). */
    public static String path(TopicName topic, byte @Nullable [] key) {
        String path = Address.path(topic, key);
        return isTopicName(path) ? path : topic.name();
    }

    /** Whether the text may stand in a PUBLISH as its topic name. */
    public static boolean isTopicName(String path) {
        return !path.isEmpty() && path.indexOf('+') < 0 && path.indexOf('#') < 0 && Utf8.isString(path);
    }

    /**
     * The QoS with which a record was published. What other protocols wrote counts as QoS 2, so that the subscription alone decides how
     * it is delivered.
     */
    public static int publishedQos(Headers headers) {
        Header header = headers.last(MqttHeaders.QOS);
        byte[] value = header == null ? null : header.value();
        if (value == null || value.length != 1 || value[0] < '0' || value[0] > '0' + MAX_QOS) {
            return MAX_QOS;
        }
        return value[0] - '0';
    }

    /**
     * What is left of a record's time to live, in milliseconds: 0 or less when it is over, {@link #NEVER} when it has none. An expiration
     * that is no number counts as none.
     */
    public static long timeToLive(long timestamp, Headers headers, long now) {
        String text = headers.text(HeaderNames.EXPIRATION);
        if (text == null) {
            return NEVER;
        }
        try {
            long total = Long.parseLong(text);
            long age = Math.max(0, now - timestamp);
            return total < 0 ? NEVER : total - age;
        } catch (NumberFormatException noNumber) {
            return NEVER;
        }
    }

    /**
     * The properties of a delivery in MQTT 5.0.
     *
     * @param timeToLive    as {@link #timeToLive} gives it
     * @param identifiers   of the subscriptions that matched
     */
    public static MqttProperties properties(Record record, long timeToLive, List<Integer> identifiers) {
        if (record.headers().isEmpty() && identifiers.isEmpty()) {
            return MqttProperties.NO_PROPERTIES;
        }
        MqttProperties properties = new MqttProperties();
        if (timeToLive != NEVER) {
            // Rounded up: 0 would say that the message has expired already.
            long seconds = Math.min(MAX_U32, (timeToLive + MS_PER_SECOND - 1) / MS_PER_SECOND);
            properties.add(new MqttProperties.IntegerProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, (int) seconds));
        }
        for (int identifier : identifiers) {
            properties.add(new MqttProperties.IntegerProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER, identifier));
        }
        addHeaders(properties, record.headers());
        return properties;
    }

    private static void addHeaders(MqttProperties properties, Headers headers) {
        for (Header header : headers) {
            String name = header.name();
            switch (name) {
                case MqttHeaders.PAYLOAD_FORMAT_INDICATOR -> addFormat(properties, header, headers);
                case HeaderNames.CONTENT_TYPE -> addString(properties, MqttProperties.CONTENT_TYPE, header, headers);
                case HeaderNames.REPLY_TO -> addReplyTo(properties, header, headers);
                case HeaderNames.CORRELATION_ID -> addCorrelation(properties, header, headers);
                case HeaderNames.EXPIRATION -> {
                }
                default -> addUserProperty(properties, header);
            }
        }
    }

    /** By identity: two headers may be equal, and a property may stand once only. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isLast(Header header, Headers headers) {
        return headers.last(header.name()) == header;
    }

    private static void addFormat(MqttProperties properties, Header header, Headers headers) {
        if (isLast(header, headers) && ("0".equals(header.text()) || "1".equals(header.text()))) {
            int format = "1".equals(header.text()) ? 1 : 0;
            properties.add(new MqttProperties.IntegerProperty(MqttProperties.PAYLOAD_FORMAT_INDICATOR, format));
        }
    }

    private static void addString(MqttProperties properties, int id, Header header, Headers headers) {
        String text = asText(header.value());
        if (text != null && isLast(header, headers)) {
            properties.add(new MqttProperties.StringProperty(id, text));
        }
    }

    private static void addReplyTo(MqttProperties properties, Header header, Headers headers) {
        String text = asText(header.value());
        if (text != null && isTopicName(text)) {
            addString(properties, MqttProperties.RESPONSE_TOPIC, header, headers);
        }
    }

    private static void addCorrelation(MqttProperties properties, Header header, Headers headers) {
        byte[] value = header.value();
        if (value != null && value.length <= MAX_BYTES && isLast(header, headers)) {
            properties.add(new MqttProperties.BinaryProperty(MqttProperties.CORRELATION_DATA, value));
        }
    }

    private static void addUserProperty(MqttProperties properties, Header header) {
        String name = header.name();
        boolean ofMqtt = name.startsWith(HeaderNames.MQTT_PREFIX);
        // The field table as AMQP wrote it; each of its entries is a header of its own beside it.
        boolean rawTable = name.equals(HeaderNames.AMQP_PREFIX + "headers");
        if (ofMqtt || rawTable) {
            return;
        }
        String clientName = HeaderNames.unescape(name);
        byte[] value = header.value();
        String text = value == null ? "" : asText(value);
        if (text == null && value != null) {
            clientName += InboundTranslation.BASE64_SUFFIX;
            text = Base64.getEncoder().encodeToString(value);
        }
        if (text != null && text.length() <= MAX_BYTES && Utf8.isString(clientName) && Utf8.isString(text)) {
            properties.add(new MqttProperties.UserProperty(clientName, text));
        }
    }

    /** The bytes as an MQTT string; null when they are none. */
    static @Nullable String asText(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length > MAX_BYTES) {
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
            return text.indexOf('\0') < 0 ? text : null;
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
