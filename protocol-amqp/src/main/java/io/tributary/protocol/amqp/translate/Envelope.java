package io.tributary.protocol.amqp.translate;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Address;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.amqp.codec.WireText;
import java.util.List;

/** The exchange and routing key under which a delivery reaches a consumer. */
public record Envelope(String exchange, String routingKey) {
    /**
     * The named exchange if one of the queue's bindings to it takes the record; {@code amq.topic} if only bindings over addresses do. A
     * record without a key came, or might have come, through the default exchange.
     */
    public static Envelope of(Subscription queue, Delivery delivery) {
        TopicName topic = delivery.topic();
        Record record = delivery.record();
        if (isByAddress(queue.bindings(), topic, record)) {
            String key = AmqpNames.swapSeparators(Address.path(topic, record.key()));
            return new Envelope(AmqpNames.ADDRESS_EXCHANGE, WireText.abbreviate(key));
        }
        String name = AmqpNames.ofTopic(topic);
        String subject = record.subject();
        return subject == null ? new Envelope(AmqpNames.DEFAULT_EXCHANGE, WireText.abbreviate(name))
            : new Envelope(WireText.abbreviate(name), WireText.abbreviate(subject));
    }

    private static boolean isByAddress(List<Binding> bindings, TopicName topic, Record record) {
        boolean byAddress = false;
        for (Binding binding : bindings) {
            if (binding.filter() instanceof Filter.MatchingAddress) {
                byAddress = true;
            }
        }
        if (!byAddress) {
            return false;
        }
        for (Binding binding : bindings) {
            boolean named = !(binding.filter() instanceof Filter.MatchingAddress);
            if (named && topic.equals(binding.topic()) && binding.filter().matches(topic, record)) {
                return false;
            }
        }
        return true;
    }
}
