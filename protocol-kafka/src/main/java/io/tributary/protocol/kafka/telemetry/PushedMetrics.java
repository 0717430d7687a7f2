package io.tributary.protocol.kafka.telemetry;

import java.nio.ByteBuffer;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;

/**
 * What a client pushed, unpacked.
 *
 * @param terminating whether it is the client's last push
 */
record PushedMetrics(String clientInstanceId, boolean terminating, byte[] metrics) {
    static PushedMetrics of(ClientTelemetryPayload payload) {
        ByteBuffer data = payload.data().duplicate();
        byte[] metrics = new byte[data.remaining()];
        data.get(metrics);
        return new PushedMetrics(payload.clientInstanceId().toString(), payload.isTerminating(), metrics);
    }
}
