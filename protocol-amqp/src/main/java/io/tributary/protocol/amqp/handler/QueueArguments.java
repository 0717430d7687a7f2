package io.tributary.protocol.amqp.handler;

import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.FieldNumber;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.DeadLetterExchange;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a queue declaration's arguments. What would change a queue's behaviour and is not built is refused, never ignored. */
final class QueueArguments {
    static final String MESSAGE_TTL = "x-message-ttl";
    static final String EXPIRES = "x-expires";
    static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";
    static final String DELIVERY_LIMIT = "x-delivery-limit";
    static final String SINGLE_ACTIVE = "x-single-active-consumer";
    static final String MAX_LENGTH = "x-max-length";
    static final String MAX_BYTES = "x-max-length-bytes";
    static final String OVERFLOW = "x-overflow";
    static final String MAX_PRIORITY = "x-max-priority";

    private static final String QUEUE_TYPE = "x-queue-type";
    private static final Set<String> BUILT =
        Set.of(QUEUE_TYPE, MESSAGE_TTL, EXPIRES, DEAD_LETTER_EXCHANGE, DEAD_LETTER_KEY, DELIVERY_LIMIT, SINGLE_ACTIVE,
            MAX_LENGTH, MAX_BYTES, OVERFLOW, MAX_PRIORITY);
    /** Where and how RabbitMQ keeps a queue: nothing that a client could tell. */
    private static final Set<String> HINTS = Set.of("x-queue-mode", "x-queue-version", "x-queue-master-locator", "x-queue-leader-locator",
        "x-quorum-initial-group-size", "x-max-in-memory-length", "x-max-in-memory-bytes");

    private final Client client;
    private final QueueMethod.Declare method;
    private final String description;

    private QueueArguments(Client client, QueueMethod.Declare method, String description) {
        this.client = client;
        this.method = method;
        this.description = description;
    }

    /** What is declared; fails with NOT_IMPLEMENTED or PRECONDITION_FAILED. */
    static QueueSettings settings(Client client, QueueMethod.Declare method, String description) {
        QueueArguments arguments = new QueueArguments(client, method, description);
        String type = arguments.queueType();
        return new QueueSettings(method.durable(), method.autoDelete(), method.exclusive() ? client.connectionId() : null, type,
            arguments.policy(type), arguments.limit());
    }

    private String queueType() {
        for (FieldTable.Entry entry : method.arguments().entries()) {
            String name = entry.name();
            if (name.startsWith("x-") && !BUILT.contains(name) && !HINTS.contains(name)) {
                throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "argument '" + name + "' for " + description + " is not implemented");
            }
        }
        FieldValue value = method.arguments().get(QUEUE_TYPE);
        if (value == null) {
            return QueueSettings.CLASSIC;
        }
        String type = value instanceof FieldValue.LongString text ? text.text() : "";
        if (type.equals(QueueSettings.QUORUM) && (!method.durable() || method.exclusive() || method.autoDelete())) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "invalid property for " + description + ": a quorum queue is durable, not exclusive and not auto-delete");
        }
        if (!type.equals(QueueSettings.CLASSIC) && !type.equals(QueueSettings.QUORUM)) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED,
                "queue type '" + type + "' for " + description + " is not implemented; there are classic and quorum");
        }
        return type;
    }

    private DeliveryPolicy policy(String type) {
        if (method.arguments().get(DELIVERY_LIMIT) != null && type.equals(QueueSettings.CLASSIC)) {
            throw invalid(DELIVERY_LIMIT, "only a quorum queue counts deliveries");
        }
        Long limit = number(DELIVERY_LIMIT);
        // RabbitMQ counts the returns that are allowed, the core the deliveries.
        int maxDeliveries = limit == null ? 0 : (int) Math.min(Integer.MAX_VALUE, limit + 1);
        Duration expires = time(EXPIRES);
        if (expires != null && expires.isZero()) {
            throw invalid(EXPIRES, "{value_zero,0}");
        }
        return DeliveryPolicy.NONE.withMessageTtl(time(MESSAGE_TTL)).withExpires(expires).withMaxDeliveries(maxDeliveries)
            .withDeadLetter(deadLetterTarget()).withMaxPriority(maxPriority(type))
            .withDispatch(flag(SINGLE_ACTIVE) ? DeliveryPolicy.Dispatch.SINGLE_ACTIVE : DeliveryPolicy.Dispatch.FAIR);
    }

    private int maxPriority(String type) {
        Long highest = number(MAX_PRIORITY);
        if (highest != null && !type.equals(QueueSettings.CLASSIC)) {
            throw invalid(MAX_PRIORITY, "only a classic queue has priorities");
        }
        if (highest != null && highest > DeliveryPolicy.HIGHEST_PRIORITY) {
            throw invalid(MAX_PRIORITY, "{max_value_exceeded," + highest + "}");
        }
        return highest == null ? 0 : highest.intValue();
    }

    private BacklogLimit limit() {
        Long records = number(MAX_LENGTH);
        Long bytes = number(MAX_BYTES);
        String overflow = text(OVERFLOW);
        if (overflow != null && overflow.equals("reject-publish-dlx")) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, OVERFLOW + " '" + overflow + "' for " + description + " is not implemented");
        }
        BacklogLimit.Overflow way = overflow == null || overflow.equals("drop-head") ? BacklogLimit.Overflow.DROP_HEAD
            : BacklogLimit.Overflow.REJECT;
        if (way == BacklogLimit.Overflow.REJECT && !"reject-publish".equals(overflow)) {
            throw invalid(OVERFLOW, "{unknown_overflow,\"" + overflow + "\"}");
        }
        return new BacklogLimit(records == null ? BacklogLimit.UNLIMITED : records, bytes == null ? BacklogLimit.UNLIMITED : bytes, way);
    }

    private @Nullable DeadLetterTarget deadLetterTarget() {
        String exchange = text(DEAD_LETTER_EXCHANGE);
        String key = text(DEAD_LETTER_KEY);
        if (exchange == null) {
            if (key != null) {
                throw invalid(DEAD_LETTER_KEY, "routing_key_but_no_dlx_defined");
            }
            return null;
        }
        return DeadLetterExchange.target(client.namespace(), exchange, key);
    }

    private @Nullable Duration time(String name) {
        Long millis = number(name);
        if (millis != null && millis > DeliveryPolicy.MAX_TIME.toMillis()) {
            throw invalid(name, "{value_too_big," + millis + "}");
        }
        return millis == null ? null : Duration.ofMillis(millis);
    }

    /** Null when it is not given. */
    private @Nullable Long number(String name) {
        FieldValue value = method.arguments().get(name);
        if (value == null) {
            return null;
        }
        Long number = FieldNumber.integer(value);
        if (number == null) {
            throw invalid(name, "{unacceptable_type," + value.getClass().getSimpleName() + "}");
        }
        if (number < 0) {
            throw invalid(name, "{value_negative," + number + "}");
        }
        return number;
    }

    private @Nullable String text(String name) {
        FieldValue value = method.arguments().get(name);
        if (value != null && !(value instanceof FieldValue.LongString)) {
            throw invalid(name, "{unacceptable_type," + value.getClass().getSimpleName() + "}");
        }
        return value instanceof FieldValue.LongString string ? string.text() : null;
    }

    private boolean flag(String name) {
        FieldValue value = method.arguments().get(name);
        if (value != null && !(value instanceof FieldValue.Bool)) {
            throw invalid(name, "{unacceptable_type," + value.getClass().getSimpleName() + "}");
        }
        return value instanceof FieldValue.Bool bool && bool.value();
    }

    private AmqpException invalid(String name, String reason) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, "invalid arg '" + name + "' for " + description + ": " + reason);
    }
}
