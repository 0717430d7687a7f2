package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.ClientSession;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.translate.InboundTranslation;

/** DISCONNECT from a client (MQTT 5.0 section 3.14). */
final class DisconnectHandler {
    private static final long ABSENT = -1;

    private DisconnectHandler() {
    }

    static void handle(LiveSession live, MqttMessage message) {
        boolean willDue = false;
        if (message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
            willDue = header.reasonCode() != Reason.SUCCESS.code();
            long expiry = InboundTranslation.unsigned(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL, ABSENT);
            ClientSession session = live.session();
            if (expiry > 0 && session.expirySeconds() == 0) {
                live.connection().disconnect(Reason.PROTOCOL_ERROR, "a session that was to end with its connection cannot live on");
                return;
            }
            if (expiry != ABSENT) {
                session.setExpirySeconds(Math.min(expiry, live.services().limits().sessionExpiryCapSeconds()));
            }
        }
        live.connection().close(willDue);
    }
}
