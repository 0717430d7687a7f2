package io.tributary.protocol.kafka.session;

import java.time.Duration;

/**
 * What one connection may take.
 *
 * @param maxRequestBytes        a Produce request's frame
 * @param maxControlRequestBytes any other request's frame
 * @param maxInFlightRequests    requests whose response is not written yet; with more the connection is not read
 * @param maxInFlightBytes       the frames of such requests together, one excepted
 * @param maxMemory              bytes that requests and unsent responses of all connections may take together
 * @param stallTimeout           a request that has begun, and the first of a connection, must go on within this time; and the client must
 *                               be known
 * @param maxIdle                a connection without any request is closed after this time
 * @param drainTimeout           how long a stop waits for requests in flight
 */
public record SessionLimits(int maxRequestBytes, int maxControlRequestBytes, int maxInFlightRequests, int maxInFlightBytes, long maxMemory,
                            Duration stallTimeout, Duration maxIdle, Duration drainTimeout) {
}
