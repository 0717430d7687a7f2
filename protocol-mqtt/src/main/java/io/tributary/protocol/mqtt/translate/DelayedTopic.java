package io.tributary.protocol.mqtt.translate;

import org.jspecify.annotations.Nullable;

/**
 * A topic name {@code $delayed/{seconds}/{topic}}, as EMQX has it: the message is published to {@code topic} so many seconds later, at most
 * {@value #MAX_SECONDS}. A greater number is a time, in seconds since the epoch, that is no further ahead.
 *
 * @param path      the topic name behind the prefix
 * @param notBefore milliseconds since the epoch; a time that has passed is none
 */
public record DelayedTopic(String path, long notBefore) {
    private static final String PREFIX = "$delayed/";
    private static final long MAX_SECONDS = 4_294_967;
    private static final int MAX_DIGITS = 12;
    private static final long MS_PER_SECOND = 1000;

    /** Whether the name asks for a delay. */
    public static boolean isOne(String name) {
        return name.startsWith(PREFIX);
    }

    /** The name taken apart; null when it is not well-formed or too far ahead. */
    public static @Nullable DelayedTopic parse(String name, long nowMs) {
        int slash = name.indexOf('/', PREFIX.length());
        int digits = slash - PREFIX.length();
        if (digits < 1 || digits > MAX_DIGITS || slash + 1 == name.length()) {
            return null;
        }
        long seconds = 0;
        for (int i = PREFIX.length(); i < slash; i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            seconds = seconds * 10 + (c - '0');
        }
        long dueMs = seconds <= MAX_SECONDS ? nowMs + seconds * MS_PER_SECOND : seconds * MS_PER_SECOND;
        return dueMs - nowMs > MAX_SECONDS * MS_PER_SECOND ? null : new DelayedTopic(name.substring(slash + 1), dueMs);
    }
}
