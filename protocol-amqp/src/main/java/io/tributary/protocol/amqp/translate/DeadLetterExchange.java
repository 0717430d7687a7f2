package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.Address;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeadLetterTarget.Keying;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.Namespace;
import org.jspecify.annotations.Nullable;

/** A dead-letter exchange and routing key as the core's target, by the same rules as publishing to it. */
public final class DeadLetterExchange {
    private DeadLetterExchange() {
    }

    /**
     * The target; fails with PRECONDITION_FAILED for names that can be no topic's.
     *
     * @param key null for the message's own routing key
     */
    public static DeadLetterTarget target(Namespace namespace, String exchange, @Nullable String key) {
        if (exchange.equals(AmqpNames.DEFAULT_EXCHANGE)) {
            return key == null ? new DeadLetterTarget.NamedByKey() : ToTopic.fixedKey(AmqpNames.topic(namespace, key), null);
        }
        if (exchange.equals(AmqpNames.ADDRESS_EXCHANGE)) {
            if (key == null) {
                return new DeadLetterTarget.AddressedByKey(true);
            }
            Address address = Address.parse(namespace, AmqpNames.swapSeparators(key));
            return ToTopic.fixedKey(address.topic(), address.subject());
        }
        return key == null ? new ToTopic(AmqpNames.topic(namespace, exchange), Keying.OWN_OR_TOPIC, null)
            : ToTopic.fixedKey(AmqpNames.topic(namespace, exchange), key);
    }
}
