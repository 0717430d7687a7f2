package io.tributary.protocol.mqtt;

import java.time.Duration;

/**
 * The MQTT settings.
 *
 * @param maxPacketBytes    the largest packet taken, announced to MQTT 5.0 clients as Maximum Packet Size; 1 KiB to 256 MiB. No more
 *                          than a topic's largest batch is taken in any case
 * @param receiveMaximum    QoS 1 and 2 publications of one client that may be under way; 1 to 65,535
 * @param topicAliasMaximum aliases of one connection, in each direction; 0 to 65,535
 * @param maxQos            the highest QoS served; 0 to 2
 * @param keepAliveCap      the longest keep-alive granted to MQTT 5.0 clients, whole seconds; 65,535 s leaves it to them
 * @param connectTimeout    from the connection to its CONNECT
 * @param sessionExpiryCap  the longest session expiry interval, whole seconds; 4,294,967,295 s for none
 * @param maxInFlight       QoS 1 and 2 deliveries under way to one client, and deliveries held in memory for one; 1 to 32,767
 * @param maxSubscriptions  of one session; 1 or more
 * @param maxPendingBytes   of one connection's publications that are not stored yet; over it the connection is not read
 * @param sysInterval       between two deliveries of the figures under {@code $SYS/}
 */
public record MqttConfig(int maxPacketBytes, int receiveMaximum, int topicAliasMaximum, int maxQos, Duration keepAliveCap,
                         Duration connectTimeout, Duration sessionExpiryCap, int maxInFlight, int maxSubscriptions, int maxPendingBytes,
                         Duration sysInterval) {
    /** What is used when nothing is configured. */
    public static final MqttConfig DEFAULT = new MqttConfig(1 << 20, 1024, 64, 2, Duration.ofSeconds(0xFFFF), Duration.ofSeconds(10),
        Duration.ofSeconds(0xFFFF_FFFFL), 512, 10_000, 8 << 20, Duration.ofSeconds(10));

    private static final int U16 = 0xFFFF;
    private static final int MIN_PACKET = 1024;
    private static final int MAX_PACKET = 256 << 20;
    private static final int MAX_IN_FLIGHT = 32_767;

    public MqttConfig {
        check(maxPacketBytes >= MIN_PACKET && maxPacketBytes <= MAX_PACKET, "maxPacketBytes");
        check(receiveMaximum >= 1 && receiveMaximum <= U16, "receiveMaximum");
        check(topicAliasMaximum >= 0 && topicAliasMaximum <= U16, "topicAliasMaximum");
        check(maxQos >= 0 && maxQos <= 2, "maxQos");
        check(keepAliveCap.toSeconds() >= 1 && keepAliveCap.toSeconds() <= U16, "keepAliveCap");
        check(connectTimeout.toMillis() >= 1, "connectTimeout");
        check(!sessionExpiryCap.isNegative() && sessionExpiryCap.toSeconds() <= 0xFFFF_FFFFL, "sessionExpiryCap");
        check(maxInFlight >= 1 && maxInFlight <= MAX_IN_FLIGHT, "maxInFlight");
        check(maxSubscriptions >= 1, "maxSubscriptions");
        check(maxPendingBytes >= 1, "maxPendingBytes");
        check(sysInterval.toMillis() >= 1, "sysInterval");
    }

    private static void check(boolean holds, String name) {
        if (!holds) {
            throw new IllegalArgumentException("the MQTT setting " + name + " is out of bounds");
        }
    }
}
