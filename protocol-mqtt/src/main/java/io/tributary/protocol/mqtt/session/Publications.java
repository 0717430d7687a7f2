package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Broker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishRequest.Durability;
import io.tributary.core.model.Address;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Subject;
import io.tributary.protocol.mqtt.translate.Publication;
import java.util.concurrent.CompletionStage;

/** Stores what clients publish. Safe on any thread. */
public final class Publications {
    private final Broker broker;

    public Publications(Broker broker) {
        this.broker = broker;
    }

    /** Stores a message in the topic of its address, which is made if there is none; completes as its QoS demands. */
    public CompletionStage<Void> publish(Namespace namespace, Publication message, int orderingHint) {
        Address address = Address.parse(namespace, message.path());
        if (broker.topics().find(address.topic()) != null) {
            return store(address, message, orderingHint);
        }
        return broker.topics().getOrAutoCreate(address.topic()).thenCompose(topic -> store(address, message, orderingHint));
    }

    /** Stores a message in a topic that is there. */
    public CompletionStage<Void> store(Address address, Publication message, int orderingHint) {
        Durability durability = message.qos() == 0 ? Durability.RELAXED : Durability.DURABLE;
        return broker.publisher().publish(new PublishRequest(address.topic(), PublishRequest.ANY_PARTITION,
            orderingHint, Subject.toKey(address.subject()), message.payload(), message.headers(), PublishRequest.NOW, durability, false,
            message.notBefore(), message.retain())).thenApply(result -> null);
    }
}
