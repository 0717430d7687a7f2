package io.tributary.protocol.amqp.translate;

import io.tributary.core.api.Schedule;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.math.BigDecimal;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code x-delay} of a message to an exchange of type {@code x-delayed-message}, as RabbitMQ's delayed-message plugin has it:
 * milliseconds, in any numeric type or as text. A message without it, or whose delay is not above zero, is published at once. A delay above
 * 2<sup>32</sup>-1, which the plugin ignores, is kept here; one above {@link Schedule#MAX_AHEAD_MS} is refused.
 */
public final class DelayHeader {
    private static final String NAME = "x-delay";

    private DelayHeader() {
    }

    /**
     * The delay in milliseconds, above zero; empty when the message is to be published at once. Fails with PRECONDITION_FAILED when a text
     * is no number, or the delay is too long.
     */
    public static OptionalLong delayMs(ContentProperties properties) {
        FieldTable headers = properties.headers();
        FieldValue value = headers == null ? null : headers.get(NAME);
        Long delay = value == null ? null : number(value);
        if (delay == null || delay <= 0) {
            return OptionalLong.empty();
        }
        if (delay > Schedule.MAX_AHEAD_MS) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "a delay of " + delay + " ms is above ten years");
        }
        return OptionalLong.of(delay);
    }

    /** The properties as a consumer gets them: the delay is over, which its sign tells. */
    public static ContentProperties negated(ContentProperties p, long delayMs) {
        FieldTable.Builder table = FieldTable.builder();
        FieldTable headers = p.headers();
        for (FieldTable.Entry entry : headers == null ? FieldTable.EMPTY.entries() : headers.entries()) {
            table.put(entry.name(), entry.name().equals(NAME) ? negative(delayMs) : entry.value());
        }
        return new ContentProperties(p.contentType(), p.contentEncoding(), table.build(), p.deliveryMode(), p.priority(), p.correlationId(),
            p.replyTo(), p.expiration(), p.messageId(), p.timestamp(), p.type(), p.userId(), p.appId(), p.clusterId());
    }

    private static FieldValue negative(long delayMs) {
        return delayMs <= Integer.MAX_VALUE ? new FieldValue.Int32((int) -delayMs) : new FieldValue.Int64(-delayMs);
    }

    private static @Nullable Long number(FieldValue value) {
        if (value instanceof FieldValue.Int8 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.UInt8 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.Int16 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.UInt16 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.Int32 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.UInt32 v) {
            return v.value();
        } else if (value instanceof FieldValue.Int64 v) {
            return v.value();
        }
        return fraction(value);
    }

    private static @Nullable Long fraction(FieldValue value) {
        if (value instanceof FieldValue.Float32 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.Float64 v) {
            return (long) v.value();
        } else if (value instanceof FieldValue.Decimal v) {
            return BigDecimal.valueOf(v.unscaled(), v.scale()).longValue();
        } else if (value instanceof FieldValue.LongString v) {
            return parse(v.text());
        }
        return null;
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException none) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "the header 'x-delay' is no number of milliseconds");
        }
    }
}
