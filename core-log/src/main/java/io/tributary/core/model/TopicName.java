package io.tributary.core.model;

import java.util.Objects;

/**
 * A topic's full name. The name proper is what Kafka allows: 1 to 249 of {@code [A-Za-z0-9._-]}, neither {@code .} nor {@code ..}.
 */
public record TopicName(Namespace namespace, String name) implements Comparable<TopicName> {
    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 249;

    private static final String INTERNAL_PREFIX = "__";

    /** Refuses an illegal name with {@link ErrorCode#INVALID_TOPIC}. */
    public TopicName {
        Objects.requireNonNull(namespace, "namespace");
        if (!isLegal(name)) {
            throw new BrokerException(ErrorCode.INVALID_TOPIC, "illegal topic name '" + abbreviate(name) + "'");
        }
    }

    /** A topic of the default namespace. */
    public static TopicName of(String name) {
        return new TopicName(Namespace.DEFAULT, name);
    }

    /** Whether the name may be a topic's; internal names are legal. */
    public static boolean isLegal(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_LENGTH || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!isLegal(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isLegal(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
    }

    /** Whether the name is kept for the broker's own state, which clients may not write. */
    public static boolean isInternal(String name) {
        return name.startsWith(INTERNAL_PREFIX);
    }

    /** Whether this topic holds the broker's own state, which clients may not write. */
    public boolean isInternal() {
        return isInternal(name);
    }

    @Override
    public int compareTo(TopicName other) {
        int byNamespace = namespace.name().compareTo(other.namespace.name());
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace.equals(Namespace.DEFAULT) ? name : namespace + "/" + name;
    }

    private static String abbreviate(String name) {
        return name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH) + "…";
    }
}
