package io.tributary.protocol.amqp.session;

import java.time.Duration;

/** The bounds of one connection; their meaning is that of the configuration's fields of the same names. */
public record Limits(int frameMax, int channelMax, Duration heartbeat, int maxBodyBytes, Duration handshakeTimeout, Duration closeTimeout,
                     int maxUnacknowledged, int maxInFlightBytes) {
}
