package io.tributary.core.api.stats;

/**
 * What a subscription has done since the process, or the subscription, began. Every record that leaves it counts once: as acknowledged,
 * dead-lettered, expired or dropped.
 *
 * @param published    records that came into it. What a filter is to find in a topic's past counts when it is found
 * @param delivered    deliveries, the repeated ones included
 * @param redelivered  deliveries of what was, or may have been, delivered before
 * @param acknowledged by the consumer, or by being handed to one that does not acknowledge
 * @param deadLettered ended with a copy in the dead-letter target
 * @param expired      their time had passed, and there was no dead-letter target
 * @param dropped      ended otherwise without a copy: rejected, over the limit, delivered too often, purged, or gone from the log
 */
public record SubscriptionCounts(long published, long delivered, long redelivered, long acknowledged, long deadLettered, long expired,
                                 long dropped) {
    public static final SubscriptionCounts ZERO = new SubscriptionCounts(0, 0, 0, 0, 0, 0, 0);

    public SubscriptionCounts plus(SubscriptionCounts other) {
        return new SubscriptionCounts(published + other.published, delivered + other.delivered, redelivered + other.redelivered,
            acknowledged + other.acknowledged, deadLettered + other.deadLettered, expired + other.expired, dropped + other.dropped);
    }
}
