package io.tributary.protocol.mqtt.session;

import java.time.Duration;

/**
 * The bounds that a session keeps.
 *
 * @param maxPacketBytes          of a packet that a client sends
 * @param receiveMaximum          QoS 1 and 2 publications of a client that may be under way
 * @param topicAliasMaximum       aliases a connection may set, in each direction
 * @param keepAliveCapSeconds     the longest keep-alive; 65,535 leaves it to the client
 * @param sessionExpiryCapSeconds the longest session expiry interval; 4,294,967,295 for none
 * @param maxInFlight             QoS 1 and 2 deliveries under way to one client, and deliveries that wait in memory for one
 * @param maxSubscriptions        of one session
 * @param maxPendingBytes         of publications that are not stored yet; over it the connection is not read
 * @param sysInterval             between two deliveries of the server's figures
 */
public record Limits(int maxPacketBytes, int receiveMaximum, int topicAliasMaximum, int maxQos, int keepAliveCapSeconds,
                     Duration connectTimeout, long sessionExpiryCapSeconds, int maxInFlight, int maxSubscriptions, int maxPendingBytes,
                     Duration sysInterval) {
}
