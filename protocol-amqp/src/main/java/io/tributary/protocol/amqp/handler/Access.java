package io.tributary.protocol.amqp.handler;

import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Resource;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;

/** Asks the authorizer, in AMQP's words. */
public final class Access {
    private final Authorizer authorizer;

    public Access(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** Fails with ACCESS_REFUSED. */
    void toExchange(Client client, Operation operation, String exchange) {
        require(client, operation, Resource.topic(client.topic(exchange).name()), "exchange", exchange);
    }

    /** Fails with ACCESS_REFUSED. */
    void toQueue(Client client, Operation operation, String queue) {
        require(client, operation, Resource.subscription(queue), "queue", queue);
    }

    /** Whether a topic that an address names may be used. */
    void toTopic(Client client, Operation operation, String topic) {
        require(client, operation, Resource.topic(topic), "topic", topic);
    }

    /** Whether whatever topic a message names may be used: the authorizer is asked for the topic {@code *}. */
    void toAnyTopic(Client client, Operation operation) {
        require(client, operation, Resource.topic("*"), "topic", "*");
    }

    private void require(Client client, Operation operation, Resource resource, String kind, String name) {
        if (!authorizer.allows(client.principal(), operation, resource)) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED,
                "access to " + client.describe(kind, name) + " refused for user '" + client.principal().name() + "'");
        }
    }
}
