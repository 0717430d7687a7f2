package io.tributary.core.api;

import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published. Arrays are not copied and must not be changed.
 *
 * @param partition    the partition, or {@link #ANY_PARTITION}: by Kafka's hash of the key, or without a key by the ordering hint
 * @param orderingHint records without a key and with the same hint keep their order; a session's hash, any number
 * @param timestamp    milliseconds since the epoch, or {@link #NOW}
 * @param countRoutes  whether the result must tell how many subscriptions the record matched; not for a record that waits
 * @param notBefore    the record waits in the schedule until then, and only then is appended to its topic: milliseconds since the epoch,
 *                     at most {@link Schedule#MAX_AHEAD_MS} from now. {@link #AT_ONCE}, or any time that has passed, does not wait
 * @param retain       it is also kept as the last value of its address ({@link io.tributary.core.api.retained.RetainedValues}), or with an
 *                     empty value ends the one there is; not for a record that waits, nor in a transaction
 */
public record PublishRequest(TopicName topic, int partition, int orderingHint, byte @Nullable [] key, byte @Nullable [] value,
                             Headers headers, long timestamp, Durability durability, boolean countRoutes, long notBefore, boolean retain) {
    public static final int ANY_PARTITION = -1;
    public static final long NOW = -1;
    public static final long AT_ONCE = 0;

    /** What the result waits for. */
    public enum Durability {
        /** The group commit. */
        DURABLE,
        /** Acceptance only: AMQP transient messages, MQTT QoS 0. */
        RELAXED
    }

    /** A record that is not retained. */
    public PublishRequest(TopicName topic, int partition, int orderingHint, byte @Nullable [] key, byte @Nullable [] value,
                          Headers headers, long timestamp, Durability durability, boolean countRoutes, long notBefore) {
        this(topic, partition, orderingHint, key, value, headers, timestamp, durability, countRoutes, notBefore, false);
    }

    /** A durable record at the current time. */
    public static PublishRequest of(TopicName topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new PublishRequest(topic, ANY_PARTITION, 0, key, value, headers, NOW, Durability.DURABLE, false, AT_ONCE);
    }

    public PublishRequest withPartition(int value) {
        return new PublishRequest(topic, value, orderingHint, key, this.value, headers, timestamp, durability, countRoutes, notBefore,
            retain);
    }

    public PublishRequest withOrderingHint(int value) {
        return new PublishRequest(topic, partition, value, key, this.value, headers, timestamp, durability, countRoutes, notBefore,
            retain);
    }

    public PublishRequest withTimestamp(long value) {
        return new PublishRequest(topic, partition, orderingHint, key, this.value, headers, value, durability, countRoutes, notBefore,
            retain);
    }

    public PublishRequest withDurability(Durability value) {
        return new PublishRequest(topic, partition, orderingHint, key, this.value, headers, timestamp, value, countRoutes, notBefore,
            retain);
    }

    public PublishRequest withCountRoutes(boolean value) {
        return new PublishRequest(topic, partition, orderingHint, key, this.value, headers, timestamp, durability, value, notBefore,
            retain);
    }

    public PublishRequest withNotBefore(long value) {
        return new PublishRequest(topic, partition, orderingHint, key, this.value, headers, timestamp, durability, countRoutes, value,
            retain);
    }

    public PublishRequest withRetain(boolean value) {
        return new PublishRequest(topic, partition, orderingHint, key, this.value, headers, timestamp, durability, countRoutes, notBefore,
            value);
    }
}
