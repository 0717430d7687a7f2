package io.tributary.core.security;

/** What an operation is done to. */
public record Resource(Type type, String name) {
    /** The name that stands for every resource of a type. */
    public static final String EVERY = "*";
    /** The one resource of its type. */
    public static final Resource CLUSTER = new Resource(Type.CLUSTER, "cluster");

    /** The kinds. */
    public enum Type {
        CLUSTER, TOPIC,
        /** Kafka's group. */
        SUBSCRIPTION,
        /** Kafka's transactional identifier. */
        TRANSACTION
    }

    public static Resource topic(String name) {
        return new Resource(Type.TOPIC, name);
    }

    public static Resource subscription(String name) {
        return new Resource(Type.SUBSCRIPTION, name);
    }

    public static Resource transaction(String transactionalId) {
        return new Resource(Type.TRANSACTION, transactionalId);
    }
}
