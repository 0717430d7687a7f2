package io.tributary.core.api;

import java.time.Duration;

/**
 * How a consumer attaches.
 *
 * @param exclusive   no other consumer beside this one
 * @param autoSettle  a delivery counts as acknowledged when it is handed over (AMQP no-ack, MQTT QoS 0)
 * @param ackDeadline a delivery not settled within this time goes back to the subscription; {@link Duration#ZERO} for never
 */
public record ConsumerOptions(boolean exclusive, boolean autoSettle, Duration ackDeadline) {
    public static final ConsumerOptions SHARED = new ConsumerOptions(false, false, Duration.ZERO);
}
