package io.tributary.protocol.http.handler;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import java.util.Locale;

/** Turns a name in a path into one of the caller's namespace, if the caller may do what is asked with it. */
public final class Guard {
    private final ProtocolContext context;

    public Guard(ProtocolContext context) {
        this.context = context;
    }

    /** Fails with INVALID_TOPIC or NOT_AUTHORIZED; nobody may write, create, alter or delete the broker's own topics. */
    public TopicName topic(Principal caller, Operation operation, String name) {
        TopicName topic = new TopicName(caller.namespace(), name);
        boolean changes = operation != Operation.READ && operation != Operation.DESCRIBE;
        if (changes && topic.isInternal()) {
            throw new BrokerException(ErrorCode.NOT_AUTHORIZED, "the topic '" + name + "' is the broker's own");
        }
        require(caller, operation, Resource.topic(name));
        return topic;
    }

    /** Fails with NOT_AUTHORIZED unless the caller may do this with all topics together. */
    public void everyTopic(Principal caller, Operation operation) {
        require(caller, operation, Resource.topic(Resource.EVERY));
    }

    /** Fails with INVALID_ARGUMENT or NOT_AUTHORIZED. */
    public SubscriptionName subscription(Principal caller, Operation operation, String name) {
        SubscriptionName subscription = new SubscriptionName(caller.namespace(), name);
        require(caller, operation, Resource.subscription(name));
        return subscription;
    }

    /** Whether the caller may do this. */
    public boolean allows(Principal caller, Operation operation, Resource resource) {
        return context.authorizer().allows(caller, operation, resource);
    }

    private void require(Principal caller, Operation operation, Resource resource) {
        if (!allows(caller, operation, resource)) {
            throw new BrokerException(ErrorCode.NOT_AUTHORIZED, "'" + caller.name() + "' may not " + operation.name().toLowerCase(
                Locale.ROOT) + " the " + resource.type().name().toLowerCase(Locale.ROOT) + " '" + resource.name() + "'");
        }
    }
}
