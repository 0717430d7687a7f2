package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.core.model.TopicNameEscaping;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import org.jspecify.annotations.Nullable;

/** Names of exchanges, queues and routing keys, and the topics and addresses that they stand for. */
public final class AmqpNames {
    /** The exchange that routes to the queue named by the routing key. */
    public static final String DEFAULT_EXCHANGE = "";
    /** The virtual exchange that shows the whole address space. */
    public static final String ADDRESS_EXCHANGE = "amq.topic";
    /** Names that begin so are the server's to give. */
    public static final String RESERVED_PREFIX = "amq.";
    /** The virtual host that shows {@link Namespace#DEFAULT}. */
    public static final String ROOT_VIRTUAL_HOST = "/";

    private AmqpNames() {
    }

    /** The topic of an exchange or queue; fails with PRECONDITION_FAILED for a name that cannot be one. */
    public static TopicName topic(Namespace namespace, String name) {
        TopicName topic = findTopic(namespace, name);
        if (topic == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "the name '" + name + "' is over " + TopicName.MAX_LENGTH + " bytes when written as a topic's");
        }
        return topic;
    }

    /** As {@link #topic}, with null for a name that cannot be one. */
    public static @Nullable TopicName findTopic(Namespace namespace, String name) {
        try {
            return new TopicName(namespace, TopicNameEscaping.escape(name));
        } catch (BrokerException emptyOrTooLong) {
            return null;
        }
    }

    /** The exchange's or queue's name that a topic stands for. */
    public static String ofTopic(TopicName topic) {
        return TopicNameEscaping.unescape(topic.name());
    }

    /** A routing key of {@link #ADDRESS_EXCHANGE} as a path, and back: {@code .} and {@code /} change places. */
    public static String swapSeparators(String text) {
        return Address.swapDots(text);
    }

    /** The namespace that a virtual host shows; null when no namespace can have this name. */
    public static @Nullable Namespace namespace(String virtualHost) {
        if (virtualHost.equals(ROOT_VIRTUAL_HOST)) {
            return Namespace.DEFAULT;
        }
        return virtualHost.isEmpty() || virtualHost.equals(Namespace.DEFAULT.name()) ? null : new Namespace(virtualHost);
    }
}
