package io.tributary.protocol.http;

import java.time.Duration;

/**
 * Bounds of the API.
 *
 * @param maxBodyBytes     of a request; more is refused with 413
 * @param maxResponseBytes of the records in one answer; it may be passed by one record batch for each partition read
 * @param maxWait          how long a poll may wait
 */
public record HttpConfig(int maxBodyBytes, int maxResponseBytes, Duration maxWait) {
    public static final HttpConfig DEFAULT = new HttpConfig(4 << 20, 8 << 20, Duration.ofSeconds(60));

    /** Refuses sizes below 1 and a negative wait. */
    public HttpConfig {
        if (maxBodyBytes < 1 || maxResponseBytes < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException("HTTP sizes must be at least 1 and the wait not negative");
        }
    }
}
