package io.tributary.protocol.amqp.handler;

import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Principal;
import io.tributary.protocol.amqp.translate.AmqpNames;

/**
 * Who asks.
 *
 * @param connectionId unique among all connections, ever; owns exclusive queues
 */
public record Client(Principal principal, Namespace namespace, String virtualHost, String connectionId) {
    /** How an exchange or queue is called in reply texts. */
    public String describe(String kind, String name) {
        return kind + " '" + name + "' in vhost '" + virtualHost + "'";
    }

    public TopicName topic(String name) {
        return AmqpNames.topic(namespace, name);
    }

    public SubscriptionName subscription(String queue) {
        return new SubscriptionName(namespace, queue);
    }
}
