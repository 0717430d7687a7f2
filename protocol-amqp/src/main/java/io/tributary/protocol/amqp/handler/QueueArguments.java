package io.tributary.protocol.amqp.handler;

import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.util.Set;

/** Reads a queue declaration's arguments. What would change a queue's behaviour and is not built is refused, never ignored. */
final class QueueArguments {
    private static final String QUEUE_TYPE = "x-queue-type";
    /** Where and how RabbitMQ keeps a queue: nothing that a client could tell. */
    private static final Set<String> HINTS = Set.of("x-queue-mode", "x-queue-version", "x-queue-master-locator", "x-queue-leader-locator",
        "x-quorum-initial-group-size", "x-max-in-memory-length", "x-max-in-memory-bytes");

    private QueueArguments() {
    }

    /** The queue's type; fails with NOT_IMPLEMENTED or PRECONDITION_FAILED. */
    static String queueType(QueueMethod.Declare method, String description) {
        for (FieldTable.Entry entry : method.arguments().entries()) {
            String name = entry.name();
            if (name.startsWith("x-") && !name.equals(QUEUE_TYPE) && !HINTS.contains(name)) {
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
}
