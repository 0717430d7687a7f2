package io.tributary.core.security;

/** What an operation is done to. */
public record Resource(Type type, String name) {
    /** The kinds. */
    public enum Type { CLUSTER, TOPIC, SUBSCRIPTION }

    public static Resource topic(String name) {
        return new Resource(Type.TOPIC, name);
    }

    public static Resource subscription(String name) {
        return new Resource(Type.SUBSCRIPTION, name);
    }
}
