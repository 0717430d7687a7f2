package io.tributary.protocol.amqp;

import io.tributary.protocol.amqp.codec.Frame;
import java.time.Duration;

/**
 * The limits of AMQP connections.
 *
 * @param frameMax          the largest frame proposed and taken, in octets, overhead included; 4096 to 16 MiB
 * @param channelMax        the most channels of a connection; 1 to 65535
 * @param heartbeat         the heartbeat proposed; zero for none, at most 65535 s
 * @param maxBodyBytes      the largest message body, in bytes; a larger one closes its channel with 406. Topics that AMQP creates take such
 *                          bodies; a topic of another protocol takes what its own batch limit allows
 * @param handshakeTimeout  from accepting a connection to connection.open; after it the connection is closed
 * @param closeTimeout      how long the client's answer to connection.close is awaited
 * @param maxUnacknowledged deliveries that a channel may leave unacknowledged when the client sets no prefetch count
 * @param maxInFlightBytes  of messages of one connection that are being stored; reading pauses above it
 */
public record AmqpConfig(int frameMax, int channelMax, Duration heartbeat, int maxBodyBytes, Duration handshakeTimeout,
                         Duration closeTimeout, int maxUnacknowledged, int maxInFlightBytes) {
    /** As RabbitMQ's where it has the like. */
    public static final AmqpConfig DEFAULT = new AmqpConfig(128 << 10, 2047, Duration.ofSeconds(60), 128 << 20, Duration.ofSeconds(10),
        Duration.ofSeconds(5), 1_000_000, 16 << 20);

    private static final int MAX_FRAME = 16 << 20;
    private static final int MAX_BODY = 512 << 20;
    private static final int MAX_SHORT = 65535;

    public AmqpConfig {
        require(frameMax >= Frame.MIN_FRAME_MAX && frameMax <= MAX_FRAME, "frameMax must be 4096 to 16777216");
        require(channelMax >= 1 && channelMax <= MAX_SHORT, "channelMax must be 1 to 65535");
        require(!heartbeat.isNegative() && heartbeat.toSeconds() <= MAX_SHORT, "heartbeat must be 0 to 65535 s");
        require(maxBodyBytes >= 1 && maxBodyBytes <= MAX_BODY, "maxBodyBytes must be 1 to 536870912");
        require(handshakeTimeout.toMillis() > 0 && closeTimeout.toMillis() > 0, "timeouts must be positive");
        require(maxUnacknowledged >= 1 && maxInFlightBytes >= 1, "limits must be positive");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
