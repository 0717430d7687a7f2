package io.tributary.protocol.mqtt.state;

import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;

/** A session is its client identifier within its namespace. */
public record SessionKey(Namespace namespace, String clientId) {
    /** What stands before the client identifier in the name of the session's queue subscription. */
    public static final String NAME_PREFIX = "mqtt/";

    /** The queue subscription that holds the session's messages. */
    public SubscriptionName subscriptionName() {
        return new SubscriptionName(namespace, NAME_PREFIX + clientId);
    }

    @Override
    public String toString() {
        return namespace.equals(Namespace.DEFAULT) ? clientId : namespace + ":" + clientId;
    }
}
