package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.TopicConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as it was declared, kept in its topic's attributes.
 *
 * @param type    how it routes
 * @param delayed whether it was declared with type {@code x-delayed-message}, and messages may ask it to wait
 */
public record ExchangeSettings(ExchangeType type, boolean durable, boolean autoDelete, boolean internal, boolean delayed) {
    /** How a topic that no AMQP client declared as an exchange behaves. */
    public static final ExchangeSettings UNDECLARED = new ExchangeSettings(ExchangeType.TOPIC, true, false, false);
    /** The type of exchange of RabbitMQ's delayed-message plugin. */
    public static final String DELAYED_TYPE = "x-delayed-message";
    /** The argument that tells how such an exchange routes. */
    public static final String DELAYED_TYPE_ARGUMENT = "x-delayed-type";

    private static final String TYPE = "amqp.exchange-type";
    private static final String DURABLE = "amqp.exchange-durable";
    private static final String AUTO_DELETE = "amqp.exchange-auto-delete";
    private static final String INTERNAL = "amqp.exchange-internal";
    private static final String DELAYED = "amqp.exchange-delayed";
    /** On topics that an AMQP declaration created, and that may go with it. */
    private static final String CREATED = "amqp.created";
    /** The exchange was deleted while queues still hold records of its topic. */
    private static final String DELETED = "amqp.exchange-deleted";

    /** An exchange that knows no delay. */
    public ExchangeSettings(ExchangeType type, boolean durable, boolean autoDelete, boolean internal) {
        this(type, durable, autoDelete, internal, false);
    }

    /** The type as it was declared. */
    public String declaredType() {
        return delayed ? DELAYED_TYPE : type.text();
    }

    /** What was declared; null for a topic that no declaration made an exchange. */
    public static @Nullable ExchangeSettings declared(TopicConfig config) {
        String text = config.attributes().get(TYPE);
        ExchangeType type = text == null ? null : ExchangeType.find(text);
        if (type == null) {
            return null;
        }
        return new ExchangeSettings(type, isSet(config, DURABLE), isSet(config, AUTO_DELETE), isSet(config, INTERNAL),
            isSet(config, DELAYED));
    }

    /** As what AMQP sees a topic; null for one whose exchange was deleted. */
    public static @Nullable ExchangeSettings of(TopicConfig config) {
        if (isSet(config, DELETED)) {
            return null;
        }
        ExchangeSettings declared = declared(config);
        return declared == null ? UNDECLARED : declared;
    }

    /** The topic's configuration with this exchange noted. */
    public TopicConfig addTo(TopicConfig config) {
        Map<String, String> attributes = new HashMap<>(config.attributes());
        attributes.remove(DELETED);
        attributes.put(TYPE, type.text());
        attributes.put(DURABLE, Boolean.toString(durable));
        attributes.put(AUTO_DELETE, Boolean.toString(autoDelete));
        attributes.put(INTERNAL, Boolean.toString(internal));
        attributes.put(DELAYED, Boolean.toString(delayed));
        return config.withAttributes(attributes);
    }

    /** The topic's configuration without an exchange. */
    public static TopicConfig removeFrom(TopicConfig config) {
        Map<String, String> attributes = new HashMap<>(config.attributes());
        attributes.keySet().removeAll(List.of(TYPE, DURABLE, AUTO_DELETE, INTERNAL, DELAYED));
        return config.withAttributes(attributes);
    }

    /** As {@link #removeFrom}, for a topic that is kept for the queues' sake only. */
    public static TopicConfig markDeleted(TopicConfig config) {
        return withAttribute(removeFrom(config), DELETED);
    }

    public static boolean isMarkedDeleted(TopicConfig config) {
        return isSet(config, DELETED);
    }

    /** Notes that an AMQP declaration created the topic. */
    public static TopicConfig markCreated(TopicConfig config) {
        return withAttribute(config, CREATED);
    }

    public static boolean isMarkedCreated(TopicConfig config) {
        return isSet(config, CREATED);
    }

    private static TopicConfig withAttribute(TopicConfig config, String name) {
        Map<String, String> attributes = new HashMap<>(config.attributes());
        attributes.put(name, "true");
        return config.withAttributes(attributes);
    }

    private static boolean isSet(TopicConfig config, String name) {
        return "true".equals(config.attributes().get(name));
    }
}
