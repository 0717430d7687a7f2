package io.tributary.protocol.mqtt.session;

import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;

/** The fixed headers of what the server sends. */
public final class Packets {
    private Packets() {
    }

    /** The fixed header of any packet but PUBLISH, with the flags that its type demands. */
    public static MqttFixedHeader header(MqttMessageType type) {
        return new MqttFixedHeader(type, false, type == MqttMessageType.PUBREL ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE, false, 0);
    }
}
