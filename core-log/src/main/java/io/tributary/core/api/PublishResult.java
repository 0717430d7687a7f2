package io.tributary.core.api;

/**
 * Where a record was stored.
 *
 * @param timestamp milliseconds since the epoch
 * @param routes    the queue subscriptions that it matched, or {@link #NOT_COUNTED}
 */
public record PublishResult(int partition, long offset, long timestamp, int routes) {
    public static final int NOT_COUNTED = -1;
}
