package io.tributary.core.api.stats;

import java.util.List;

/**
 * All subscriptions of a node.
 *
 * @param subscriptions how many there are
 * @param ready         as far as it is known without reading the log: what a filter is yet to find in a topic's past is missing
 * @param counts        of all, those that are gone included
 * @param largest       those with the most that is ready or outstanding, the largest first
 */
public record SubscriptionsOverview(long subscriptions, long ready, long outstanding, long consumers, SubscriptionCounts counts,
                                    List<SubscriptionReport> largest) {
    public SubscriptionsOverview {
        largest = List.copyOf(largest);
    }
}
