package io.tributary.core.model;

import java.util.Map;

/**
 * What a queue subscription is created with.
 *
 * @param durable    survives a restart, with its acknowledgements
 * @param attributes a protocol's own notes, which the core keeps and does not read; keys begin with the protocol's name and a dot
 * @param policy     how records are handed out, and what ends them
 * @param limit      how many may wait
 */
public record SubscriptionConfig(boolean durable, Map<String, String> attributes, DeliveryPolicy policy, BacklogLimit limit) {
    public static final SubscriptionConfig DURABLE = new SubscriptionConfig(true, Map.of());
    public static final SubscriptionConfig TRANSIENT = new SubscriptionConfig(false, Map.of());

    public SubscriptionConfig {
        attributes = Map.copyOf(attributes);
    }

    /** With no policy of its own. */
    public SubscriptionConfig(boolean durable, Map<String, String> attributes) {
        this(durable, attributes, DeliveryPolicy.NONE, BacklogLimit.NONE);
    }

    public SubscriptionConfig withPolicy(DeliveryPolicy value) {
        return new SubscriptionConfig(durable, attributes, value, limit);
    }

    public SubscriptionConfig withLimit(BacklogLimit value) {
        return new SubscriptionConfig(durable, attributes, policy, value);
    }
}
