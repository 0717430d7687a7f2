package io.tributary.core.model;

/**
 * Names a queue subscription within its namespace: an AMQP queue's name, an HTTP subscription's; MQTT sessions are {@code mqtt/} and
 * the client identifier.
 *
 * @param name 1 to 1024 characters
 */
public record SubscriptionName(Namespace namespace, String name) {
    private static final int MAX_LENGTH = 1024;

    /** Refuses an empty or over-long name with {@link ErrorCode#INVALID_ARGUMENT}. */
    public SubscriptionName {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a subscription's name has 1 to 1024 characters");
        }
    }

    @Override
    public String toString() {
        return namespace.equals(Namespace.DEFAULT) ? name : namespace + ":" + name;
    }
}
