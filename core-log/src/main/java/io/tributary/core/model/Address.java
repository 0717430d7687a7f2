package io.tributary.core.model;

import org.jspecify.annotations.Nullable;

/**
 * Topic and subject in one path, {@code topic/sub/ject}: how MQTT names what it publishes, and, with {@code .} and {@code /} changed
 * for each other, how AMQP's {@code amq.topic} does.
 *
 * <p>The mapping is invertible: {@link #path} of what {@link #parse} made is the same path. A path whose first level is no topic's name
 * (empty, illegal, kept for the broker, or {@value #FALLBACK_TOPIC} itself) belongs to the topic {@value #FALLBACK_TOPIC} with the
 * whole path as its subject.
 *
 * @param subject null when the path is the topic's name alone
 */
public record Address(TopicName topic, @Nullable String subject) {
    /** Separates the levels of a path. */
    public static final char SEPARATOR = '/';
    /** Holds the records whose path begins with no topic's name. */
    public static final String FALLBACK_TOPIC = "mqtt";

    /** Where a record published to this path is stored. */
    public static Address parse(Namespace namespace, String path) {
        int end = path.indexOf(SEPARATOR);
        String first = end < 0 ? path : path.substring(0, end);
        if (!TopicName.isLegal(first) || TopicName.isInternal(first) || first.equals(FALLBACK_TOPIC)) {
            return new Address(new TopicName(namespace, FALLBACK_TOPIC), path);
        }
        return new Address(new TopicName(namespace, first), end < 0 ? null : path.substring(end + 1));
    }

    /** The path under which a stored record is delivered; one whose key is null or not UTF-8 has its topic's name alone. */
    public static String path(TopicName topic, byte @Nullable [] key) {
        return path(topic, Subject.ofKey(key));
    }

    /** The path of a topic and subject. */
    public static String path(TopicName topic, @Nullable String subject) {
        if (subject == null) {
            return topic.name();
        }
        return topic.name().equals(FALLBACK_TOPIC) ? subject : topic.name() + SEPARATOR + subject;
    }

    /** A path whose levels are separated by dots (AMQP's {@code amq.topic}) as a path, and back: {@code .} and {@code /} change places. */
    public static String swapDots(String text) {
        if (text.indexOf('.') < 0 && text.indexOf(SEPARATOR) < 0) {
            return text;
        }
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            chars[i] = chars[i] == '.' ? SEPARATOR : chars[i] == SEPARATOR ? '.' : chars[i];
        }
        return new String(chars);
    }

    /** The inverse of {@link #parse}. */
    public String path() {
        return path(topic, subject);
    }
}
