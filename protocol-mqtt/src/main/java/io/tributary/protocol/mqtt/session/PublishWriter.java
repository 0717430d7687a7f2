package io.tributary.protocol.mqtt.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.OutboundTranslation;

/** Makes PUBLISH packets of outgoing messages and writes them, without a flush. */
final class PublishWriter {
    private static final byte[] EMPTY = new byte[0];
    private static final int MAX_FIXED_HEADER = 5;

    private final Connection connection;
    private final boolean withProperties;
    private final long maxPacketSize;
    private final TopicAliases.Outbound aliases;

    PublishWriter(LiveSession live) {
        this.connection = live.connection();
        this.withProperties = live.request().level() == ConnectRequest.LEVEL_5;
        this.maxPacketSize = live.request().maxPacketSize();
        this.aliases = new TopicAliases.Outbound(
            Math.min(live.request().topicAliasMaximum(), live.services().limits().topicAliasMaximum()));
    }

    /**
     * Writes the message.
     *
     * @return false if it is larger than the client takes; then nothing was written
     */
    boolean write(Outgoing message, int packetId, boolean repeated, long timeToLive) {
        byte[] value = message.record().value();
        byte[] payload = value == null ? EMPTY : value;
        MqttProperties properties = withProperties
            ? OutboundTranslation.properties(message.record(), timeToLive, message.identifiers()) : MqttProperties.NO_PROPERTIES;
        String path = message.path();
        if (maxPacketSize < Integer.MAX_VALUE && sizeWithoutAlias(path, properties, payload) > maxPacketSize) {
            return false;
        }
        int alias = aliases.known(path);
        if (alias > 0) {
            path = "";
        } else {
            alias = aliases.assign(path);
        }
        if (alias > 0) {
            properties = properties.isEmpty() ? new MqttProperties() : properties;
            properties.add(new MqttProperties.IntegerProperty(MqttProperties.TOPIC_ALIAS, alias));
        }
        MqttQoS qos = MqttQoS.valueOf(message.qos());
        MqttFixedHeader header = new MqttFixedHeader(MqttMessageType.PUBLISH, repeated, qos, message.retain(), 0);
        connection.write(new MqttPublishMessage(header, new MqttPublishVariableHeader(path, packetId, properties),
            Unpooled.wrappedBuffer(payload)));
        return true;
    }

    /** At least the size of the packet, which an alias can make smaller, or larger by three bytes. */
    private static long sizeWithoutAlias(String path, MqttProperties properties, byte[] payload) {
        return MAX_FIXED_HEADER + 2L + ByteBufUtil.utf8Bytes(path) + 2 + MAX_FIXED_HEADER + 3 + sizeOf(properties) + payload.length;
    }

    private static long sizeOf(MqttProperties properties) {
        long size = 0;
        for (MqttProperties.MqttProperty<?> property : properties.listAll()) {
            if (property instanceof MqttProperties.UserProperties user) {
                for (MqttProperties.StringPair pair : user.value()) {
                    size += 5L + ByteBufUtil.utf8Bytes(pair.key) + ByteBufUtil.utf8Bytes(pair.value);
                }
            } else if (property.value() instanceof String text) {
                size += 3L + ByteBufUtil.utf8Bytes(text);
            } else if (property.value() instanceof byte[] bytes) {
                size += 3L + bytes.length;
            } else {
                size += 5;
            }
        }
        return size;
    }
}
