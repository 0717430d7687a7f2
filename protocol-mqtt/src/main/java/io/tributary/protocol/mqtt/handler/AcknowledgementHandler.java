package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.LiveSession;

/** PUBACK, PUBREC, PUBREL and PUBCOMP from a client (MQTT 5.0 sections 3.4 to 3.7). */
final class AcknowledgementHandler {
    private AcknowledgementHandler() {
    }

    static void handle(LiveSession live, MqttMessage message) {
        if (!(message.variableHeader() instanceof MqttMessageIdVariableHeader header)) {
            live.connection().disconnect(Reason.MALFORMED_PACKET, "no packet identifier");
            return;
        }
        int packetId = header.messageId();
        boolean refused = header instanceof MqttPubReplyMessageVariableHeader reply && reply.reasonCode() < 0;
        switch (message.fixedHeader().messageType()) {
            case PUBACK -> live.outbound().handshake().acknowledged(packetId, refused);
            case PUBREC -> live.outbound().handshake().received(packetId, refused);
            case PUBREL -> ExactlyOnceHandler.release(live, packetId);
            default -> live.outbound().handshake().completed(packetId);
        }
    }
}
