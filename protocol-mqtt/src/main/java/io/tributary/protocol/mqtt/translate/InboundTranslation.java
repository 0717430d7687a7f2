package io.tributary.protocol.mqtt.translate;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** From MQTT's properties to record headers. */
public final class InboundTranslation {
    static final String BASE64_SUFFIX = ";base64";

    private static final long MS_PER_SECOND = 1000;

    private InboundTranslation() {
    }

    /**
     * The headers of a message.
     *
     * @param properties of a PUBLISH or a will; empty before MQTT 5.0
     */
    public static Headers headers(MqttProperties properties, int qos, boolean retain) {
        Headers.Builder headers = Headers.builder().add(MqttHeaders.QOS, Integer.toString(qos));
        if (retain) {
            headers.add(MqttHeaders.RETAIN, "1");
        }
        if (properties.isEmpty()) {
            return headers.build();
        }
        Integer format = integer(properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR);
        if (format != null) {
            headers.add(MqttHeaders.PAYLOAD_FORMAT_INDICATOR, format.toString());
        }
        Integer expiry = integer(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
        if (expiry != null) {
            headers.add(HeaderNames.EXPIRATION, Long.toString(Integer.toUnsignedLong(expiry) * MS_PER_SECOND));
        }
        addText(headers, HeaderNames.CONTENT_TYPE, string(properties, MqttProperties.CONTENT_TYPE));
        addText(headers, HeaderNames.REPLY_TO, string(properties, MqttProperties.RESPONSE_TOPIC));
        byte[] correlation = bytes(properties, MqttProperties.CORRELATION_DATA);
        if (correlation != null) {
            headers.add(HeaderNames.CORRELATION_ID, correlation);
        }
        for (MqttProperties.MqttProperty<?> property : properties.getProperties(MqttProperties.USER_PROPERTY)) {
            if (property.value() instanceof MqttProperties.StringPair pair) {
                addUserProperty(headers, pair.key, pair.value);
            }
        }
        return headers.build();
    }

    private static void addText(Headers.Builder headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value);
        }
    }

    private static void addUserProperty(Headers.Builder headers, String name, String value) {
        byte[] decoded = name.endsWith(BASE64_SUFFIX) ? notTextInBase64(value) : null;
        if (decoded == null) {
            headers.add(HeaderNames.escape(name), value);
        } else {
            headers.add(HeaderNames.escape(name.substring(0, name.length() - BASE64_SUFFIX.length())), decoded);
        }
    }

    /** The bytes, if the value is their canonical Base64 form and they could not have been sent as text; null otherwise. */
    private static byte @Nullable [] notTextInBase64(String value) {
        try {
            byte[] bytes = Base64.getDecoder().decode(value.getBytes(StandardCharsets.UTF_8));
            boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(value);
            return canonical && OutboundTranslation.asText(bytes) == null ? bytes : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    static @Nullable Integer integer(MqttProperties properties, int id) {
        return properties.getProperty(id) instanceof MqttProperties.IntegerProperty property ? property.value() : null;
    }

    static @Nullable String string(MqttProperties properties, int id) {
        return properties.getProperty(id) instanceof MqttProperties.StringProperty property ? property.value() : null;
    }

    static byte @Nullable [] bytes(MqttProperties properties, int id) {
        return properties.getProperty(id) instanceof MqttProperties.BinaryProperty property ? property.value() : null;
    }

    /** An integer property, read as unsigned. */
    public static long unsigned(MqttProperties properties, int id, long absent) {
        Integer value = integer(properties, id);
        return value == null ? absent : Integer.toUnsignedLong(value);
    }

    /** The subscription identifier of a SUBSCRIBE; 0 when there is none. */
    public static int subscriptionIdentifier(MqttProperties properties) {
        for (MqttProperties.MqttProperty<?> property : properties.getProperties(MqttProperties.SUBSCRIPTION_IDENTIFIER)) {
            if (property instanceof MqttProperties.IntegerProperty identifier) {
                return identifier.value();
            }
        }
        return 0;
    }
}
