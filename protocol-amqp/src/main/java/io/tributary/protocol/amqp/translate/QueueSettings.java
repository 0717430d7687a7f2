package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.SubscriptionConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it was declared, kept in its subscription's attributes.
 *
 * @param owner  the connection that alone may use it; null when any may
 * @param type   {@code classic} or {@code quorum}, which differ in the arguments they take
 * @param policy what the arguments ask for
 * @param limit  what the arguments allow to wait
 */
public record QueueSettings(boolean durable, boolean autoDelete, @Nullable String owner, String type, DeliveryPolicy policy,
        BacklogLimit limit) {
    public static final String CLASSIC = "classic";
    public static final String QUORUM = "quorum";

    private static final String DURABLE = "amqp.queue-durable";
    private static final String AUTO_DELETE = "amqp.queue-auto-delete";
    private static final String OWNER = "amqp.queue-owner";
    private static final String TYPE = "amqp.queue-type";

    /** What was declared, or for a subscription that another protocol made, what it amounts to. */
    public static QueueSettings of(SubscriptionConfig config) {
        Map<String, String> attributes = config.attributes();
        String durable = attributes.get(DURABLE);
        return new QueueSettings(durable == null ? config.durable() : durable.equals("true"),
            "true".equals(attributes.get(AUTO_DELETE)), attributes.get(OWNER), attributes.getOrDefault(TYPE, CLASSIC),
            config.policy(), config.limit());
    }

    /** Whether an AMQP client declared the subscription. */
    public static boolean isQueue(SubscriptionConfig config) {
        return config.attributes().containsKey(DURABLE);
    }

    /** Whether clients are told how often a message came back. */
    public boolean countsDeliveries() {
        return type.equals(QUORUM);
    }

    public boolean exclusive() {
        return owner != null;
    }

    /** The subscription's configuration; an exclusive queue ends with its connection and so never outlives the broker. */
    public SubscriptionConfig toConfig() {
        boolean survives = durable && owner == null;
        Map<String, String> attributes = owner == null
            ? Map.of(DURABLE, Boolean.toString(durable), AUTO_DELETE, Boolean.toString(autoDelete), TYPE, type)
            : Map.of(DURABLE, Boolean.toString(durable), AUTO_DELETE, Boolean.toString(autoDelete), TYPE, type, OWNER, owner);
        return new SubscriptionConfig(survives, attributes, policy, limit);
    }
}
