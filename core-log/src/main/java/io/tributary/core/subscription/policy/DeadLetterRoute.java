package io.tributary.core.subscription.policy;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.Record;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.model.TopicNameEscaping;
import org.jspecify.annotations.Nullable;

/** Makes the copies of a subscription's dead letters. Safe on any thread. */
public final class DeadLetterRoute {
    private final SubscriptionName subscription;
    private final DeadLetterTarget target;

    public DeadLetterRoute(SubscriptionName subscription, DeadLetterTarget target) {
        this.subscription = subscription;
        this.target = target;
    }

    private record Place(TopicName topic, byte @Nullable [] key) {
    }

    /**
     * The copy.
     *
     * @param topic where the record is
     * @param nowMs milliseconds since the epoch
     * @return null when the record's key names nothing that it could go to
     */
    public @Nullable PublishRequest copy(TopicName topic, Record record, DeadLetterReason reason, long nowMs) {
        Place place = place(topic, record);
        if (place == null || place.topic.isInternal()) {
            return null;
        }
        return PublishRequest.of(place.topic, place.key, record.value(),
            DeadLetterHistory.extend(record, topic, subscription.name(), reason, nowMs)).withOrderingHint(subscription.hashCode());
    }

    private @Nullable Place place(TopicName topic, Record record) {
        if (target instanceof DeadLetterTarget.ToTopic to) {
            return switch (to.keying()) {
                case OWN -> new Place(to.topic(), record.key());
                case OWN_OR_TOPIC -> new Place(to.topic(), record.key() == null ? Subject.toKey(plainName(topic)) : record.key());
                case FIXED -> new Place(to.topic(), Subject.toKey(to.subject()));
            };
        }
        String words = record.key() == null ? plainName(topic) : record.subject();
        if (words == null) {
            return null;
        }
        try {
            if (target instanceof DeadLetterTarget.AddressedByKey addressed) {
                Address address = Address.parse(subscription.namespace(), addressed.dotted() ? Address.swapDots(words) : words);
                return new Place(address.topic(), Subject.toKey(address.subject()));
            }
            return new Place(new TopicName(subscription.namespace(), TopicNameEscaping.escape(words)), null);
        } catch (BrokerException noTopic) {
            return null;
        }
    }

    private static String plainName(TopicName topic) {
        return TopicNameEscaping.unescape(topic.name());
    }
}
