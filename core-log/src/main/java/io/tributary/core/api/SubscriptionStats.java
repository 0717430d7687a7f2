package io.tributary.core.api;

/**
 * A moment's counts.
 *
 * @param ready       records waiting for a consumer
 * @param outstanding delivered and not settled
 * @param consumers   attached
 */
public record SubscriptionStats(long ready, long outstanding, int consumers) {
}
