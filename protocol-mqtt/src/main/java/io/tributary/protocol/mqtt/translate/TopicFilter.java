package io.tributary.protocol.mqtt.translate;

import io.tributary.core.model.SubjectPattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter (MQTT 5.0 sections 4.7 and 4.8.2).
 *
 * @param text    as the client wrote it
 * @param group   of a shared subscription; null for an ordinary one
 * @param pattern of the addresses that it takes
 */
public record TopicFilter(String text, @Nullable String group, String filter, SubjectPattern pattern) {
    private static final String SHARE_PREFIX = "$share/";
    private static final String SYS_PREFIX = "$SYS/";

    /** Reads a filter; null when it is not well-formed (MQTT-4.7.1-1, -2, MQTT-4.8.2-1, -2). */
    public static @Nullable TopicFilter parse(String text) {
        if (!text.startsWith(SHARE_PREFIX)) {
            return isWellFormed(text) ? new TopicFilter(text, null, text, pattern(text)) : null;
        }
        int end = text.indexOf('/', SHARE_PREFIX.length());
        if (end < 0) {
            return null;
        }
        String group = text.substring(SHARE_PREFIX.length(), end);
        String filter = text.substring(end + 1);
        boolean legal = !group.isEmpty() && group.indexOf('+') < 0 && group.indexOf('#') < 0 && isWellFormed(filter);
        return legal ? new TopicFilter(text, group, filter, pattern(filter)) : null;
    }

    private static SubjectPattern pattern(String filter) {
        return SubjectPattern.parse(filter, '/', "+", "#");
    }

    private static boolean isWellFormed(String filter) {
        int length = filter.length();
        for (int i = 0; i < length; i++) {
            char c = filter.charAt(i);
            if (c != '+' && c != '#') {
                continue;
            }
            boolean begins = i == 0 || filter.charAt(i - 1) == '/';
            boolean ends = i + 1 == length || c == '+' && filter.charAt(i + 1) == '/';
            if (!begins || !ends) {
                return false;
            }
        }
        return length > 0;
    }

    public boolean isShared() {
        return group != null;
    }

    /** Whether the filter is for the server's own figures, which no record holds. */
    public boolean isSys() {
        return group == null && filter.startsWith(SYS_PREFIX);
    }

    /** Whether a wildcard stands in the place of the topic. */
    public boolean beginsWithWildcard() {
        return pattern.beginsWithWildcard();
    }

    /** Whether the address of a record matches (MQTT-4.7.2-1 included). */
    public boolean matches(String path) {
        return !(path.startsWith("$") && pattern.beginsWithWildcard()) && pattern.matches(path);
    }
}
