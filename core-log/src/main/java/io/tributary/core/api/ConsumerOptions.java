package io.tributary.core.api;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;

/**
 * How a consumer attaches.
 *
 * @param exclusive   no other consumer beside this one
 * @param autoSettle  a delivery counts as acknowledged when it is handed over (AMQP no-ack, MQTT QoS 0)
 * @param ackDeadline a delivery not settled within this time goes back to the subscription; {@link Duration#ZERO} for never
 * @param priority    a consumer gets records by credit only while none of a higher priority has any; 0 is usual
 * @param maxBytes    credit rests while unsettled deliveries hold this much; 0 for no such bound. One delivery may go over it
 */
public record ConsumerOptions(boolean exclusive, boolean autoSettle, Duration ackDeadline, int priority, long maxBytes) {
    public static final ConsumerOptions SHARED = new ConsumerOptions(false, false, Duration.ZERO);

    /** Refuses negative times and bounds with INVALID_ARGUMENT. */
    public ConsumerOptions {
        if (ackDeadline.isNegative() || maxBytes < 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a consumer's deadline and its bound of bytes are not negative");
        }
    }

    /** Of the usual priority, without a bound of bytes. */
    public ConsumerOptions(boolean exclusive, boolean autoSettle, Duration ackDeadline) {
        this(exclusive, autoSettle, ackDeadline, 0, 0);
    }

    public ConsumerOptions withPriority(int value) {
        return new ConsumerOptions(exclusive, autoSettle, ackDeadline, value, maxBytes);
    }

    public ConsumerOptions withMaxBytes(long value) {
        return new ConsumerOptions(exclusive, autoSettle, ackDeadline, priority, value);
    }
}
