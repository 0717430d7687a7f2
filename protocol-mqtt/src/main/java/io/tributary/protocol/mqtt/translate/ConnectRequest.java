package io.tributary.protocol.mqtt.translate;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.tributary.core.security.Credentials;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asks for, with the defaults of MQTT 5.0 section 3.1 filled in.
 *
 * @param level          3, 4 or 5
 * @param sessionExpiry  seconds; {@link #NO_EXPIRY} for never. Before MQTT 5.0: never for a persistent session, 0 for a clean one
 * @param receiveMaximum how many QoS 1 and 2 deliveries may be under way
 * @param maxPacketSize  bytes that the client takes in one packet
 * @param keepAlive      seconds; 0 for none
 */
public record ConnectRequest(int level, String clientId, boolean cleanStart, long sessionExpiry, int receiveMaximum, long maxPacketSize,
                             int topicAliasMaximum, boolean problemInformation, boolean enhancedAuthentication, int keepAlive,
                             Credentials credentials, @Nullable Will will) {
    public static final long NO_EXPIRY = 0xFFFF_FFFFL;
    public static final int LEVEL_5 = 5;

    private static final int DEFAULT_RECEIVE_MAXIMUM = 0xFFFF;

    /**
     * A will message.
     *
     * @param delaySeconds from the end of the connection to its publication
     */
    public record Will(Publication publication, long delaySeconds) {
    }

    /** Reads a CONNECT that keeps the rules of form. */
    public static ConnectRequest of(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        MqttProperties properties = header.properties();
        boolean clean = header.isCleanSession();
        long defaultExpiry = header.version() == LEVEL_5 || clean ? 0 : NO_EXPIRY;
        return new ConnectRequest(header.version(), message.payload().clientIdentifier(), clean,
            InboundTranslation.unsigned(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, defaultExpiry),
            (int) InboundTranslation.unsigned(properties, MqttProperties.RECEIVE_MAXIMUM, DEFAULT_RECEIVE_MAXIMUM),
            InboundTranslation.unsigned(properties, MqttProperties.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE),
            (int) InboundTranslation.unsigned(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, 0),
            InboundTranslation.unsigned(properties, MqttProperties.REQUEST_PROBLEM_INFORMATION, 1) != 0,
            InboundTranslation.string(properties, MqttProperties.AUTHENTICATION_METHOD) != null,
            header.keepAliveTimeSeconds(), credentials(header, message.payload()), will(header, message.payload()));
    }

    private static Credentials credentials(MqttConnectVariableHeader header, MqttConnectPayload payload) {
        String userName = payload.userName();
        byte[] password = payload.passwordInBytes();
        if (!header.hasUserName() && !header.hasPassword()) {
            return new Credentials.Anonymous();
        }
        return new Credentials.Password(userName == null ? "" : userName,
            password == null ? "" : new String(password, StandardCharsets.UTF_8));
    }

    private static @Nullable Will will(MqttConnectVariableHeader header, MqttConnectPayload payload) {
        byte[] message = payload.willMessageInBytes();
        String topic = payload.willTopic();
        if (!header.isWillFlag() || topic == null) {
            return null;
        }
        MqttProperties properties = payload.willProperties();
        Publication publication = new Publication(topic, message == null ? new byte[0] : message, header.willQos(), header.isWillRetain(),
            InboundTranslation.headers(properties, header.willQos(), header.isWillRetain()));
        return new Will(publication, InboundTranslation.unsigned(properties, MqttProperties.WILL_DELAY_INTERVAL, 0));
    }
}
