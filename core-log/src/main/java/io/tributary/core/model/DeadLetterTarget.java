package io.tributary.core.model;

import org.jspecify.annotations.Nullable;

/** Where the copies of records go that end unacknowledged. */
public sealed interface DeadLetterTarget {
    /** What a copy's key is. */
    enum Keying {
        /** The record's own key. */
        OWN,
        /** The record's own key, or for a record without one its topic's name (AMQP's routing key through the default exchange). */
        OWN_OR_TOPIC,
        /** The target's subject, or none where that is null. */
        FIXED
    }

    /**
     * One topic, which need not be there yet.
     *
     * @param subject the key of every copy, at most 64 KiB; only with {@link Keying#FIXED}
     */
    record ToTopic(TopicName topic, Keying keying, @Nullable String subject) implements DeadLetterTarget {
        private static final int MAX_SUBJECT = 64 << 10;

        /** Refuses the broker's own topics and a subject that does not go with the keying, with {@link ErrorCode#INVALID_ARGUMENT}. */
        public ToTopic {
            DeliveryPolicy.check(!topic.isInternal(), "dead letters do not go to the broker's own topic '" + topic.name() + "'");
            DeliveryPolicy.check(subject == null || keying == Keying.FIXED, "a fixed subject goes with fixed keys only");
            DeliveryPolicy.check(subject == null || subject.length() <= MAX_SUBJECT, "a subject has at most 65536 characters");
        }

        /** With the record's own key. */
        public static ToTopic ownKey(TopicName topic) {
            return new ToTopic(topic, Keying.OWN, null);
        }

        /** With this key on every copy. */
        public static ToTopic fixedKey(TopicName topic, @Nullable String subject) {
            return new ToTopic(topic, Keying.FIXED, subject);
        }
    }

    /** The topic that the record's own key names, as {@link TopicNameEscaping} writes it; the copy has no key (AMQP's default exchange). */
    record NamedByKey() implements DeadLetterTarget {
    }

    /**
     * The topic and subject that the record's own key spells as an {@link Address}.
     *
     * @param dotted {@code .} separates the levels, and {@code /} stands where the address has a dot (AMQP's {@code amq.topic})
     */
    record AddressedByKey(boolean dotted) implements DeadLetterTarget {
    }
}
