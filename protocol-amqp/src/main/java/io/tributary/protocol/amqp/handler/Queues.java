package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.security.Operation;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.QueueSettings;
import org.jspecify.annotations.Nullable;

/** Finds queues among the subscriptions. */
public final class Queues {
    private final Broker broker;
    private final Access access;

    public Queues(Broker broker, Access access) {
        this.broker = broker;
        this.access = access;
    }

    /** The queue of this name, or null; fails with RESOURCE_LOCKED when it is another connection's own. */
    @Nullable Subscription find(Client client, String queue) {
        Subscription subscription = broker.subscriptions().find(client.subscription(queue));
        if (subscription != null) {
            requireUnlocked(client, queue, subscription);
        }
        return subscription;
    }

    /** As {@link #find}; fails with NOT_FOUND too. */
    Subscription require(Client client, String queue) {
        Subscription subscription = find(client, queue);
        if (subscription == null) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no " + client.describe("queue", queue));
        }
        return subscription;
    }

    /** The queue, to consume from; fails with ACCESS_REFUSED too. */
    public Subscription requireReadable(Client client, String queue) {
        Subscription subscription = require(client, queue);
        access.toQueue(client, Operation.READ, queue);
        return subscription;
    }

    static void requireUnlocked(Client client, String queue, Subscription subscription) {
        String owner = QueueSettings.of(subscription.config()).owner();
        if (owner != null && !owner.equals(client.connectionId())) {
            throw new AmqpException(ReplyCode.RESOURCE_LOCKED, "cannot obtain exclusive access to locked "
                + client.describe("queue", queue)
                + ". It could be originally declared on another connection or the exclusive property value does not match that of the "
                + "original declaration.");
        }
    }
}
