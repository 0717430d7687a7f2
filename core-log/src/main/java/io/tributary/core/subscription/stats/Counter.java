package io.tributary.core.subscription.stats;

/** What of {@link io.tributary.core.api.stats.SubscriptionCounts} is counted. */
public enum Counter {
    PUBLISHED(0),
    DELIVERED(1),
    REDELIVERED(2),
    ACKNOWLEDGED(3),
    DEAD_LETTERED(4),
    EXPIRED(5),
    DROPPED(6);

    /** Its place in a {@link Tally}. */
    final int index;

    Counter(int index) {
        this.index = index;
    }
}
