package io.tributary.core.api.stats;

/** How fast the counters of the same names in {@link SubscriptionCounts} have been growing. */
public record SubscriptionRates(Rate published, Rate delivered, Rate redelivered, Rate acknowledged) {
}
