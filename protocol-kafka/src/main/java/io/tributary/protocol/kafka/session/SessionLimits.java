package io.tributary.protocol.kafka.session;

import java.time.Duration;

/**
 * What one connection may take.
 *
 * @param maxRequestBytes        a Produce request's frame
 * @param maxControlRequestBytes any other request's frame
 * @param maxInFlightRequests    requests whose response is not written yet; with more the connection is not read
 * @param maxInFlightBytes       the frames of such requests together, one excepted
 * @param stallTimeout           a request that has begun, and the first of a connection, must go on within this time
 * @param maxIdle                a connection without any request is closed after this time
 * @param drainTimeout           how long a stop waits for requests in flight
 */
public record SessionLimits(int maxRequestBytes, int maxControlRequestBytes, int maxInFlightRequests, int maxInFlightBytes,
                            Duration stallTimeout, Duration maxIdle, Duration drainTimeout) {
}
