package io.tributary.core.model;

import java.util.Objects;

/**
 * A tenant: topics and subscriptions of different namespaces never meet. An AMQP virtual host.
 *
 * @param name 1 to 255 characters
 */
public record Namespace(String name) {
    /** What Kafka, MQTT and HTTP see unless their credentials say otherwise; AMQP's {@code /}. */
    public static final Namespace DEFAULT = new Namespace("default");

    private static final int MAX_LENGTH = 255;

    /** Refuses an empty or over-long name with {@link ErrorCode#INVALID_ARGUMENT}. */
    public Namespace {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a namespace's name has 1 to 255 characters");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
