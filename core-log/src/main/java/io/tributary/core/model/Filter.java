package io.tributary.core.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides which of a topic's records a binding takes. Pure, and safe on any thread. */
public sealed interface Filter {
    /** Whether the binding takes this record of this topic. */
    boolean matches(TopicName topic, Record record);

    /** Every record. */
    record All() implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            return true;
        }
    }

    /** Records without a key. */
    record Unkeyed() implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            return record.key() == null;
        }
    }

    /** Records with exactly this subject. */
    record ExactSubject(String subject) implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            return subject.equals(record.subject());
        }
    }

    /** Records whose subject matches; one without a subject counts as the empty subject. */
    record MatchingSubject(SubjectPattern pattern) implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            String subject = record.subject();
            return pattern.matches(subject == null ? "" : subject);
        }
    }

    /**
     * Records whose address, topic included, matches. A wildcard in the first place takes no path that begins with {@code $}
     * (MQTT 5.0 section 4.7.2).
     */
    record MatchingAddress(SubjectPattern pattern) implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            String path = Address.path(topic, record.key());
            return !(path.startsWith("$") && pattern.beginsWithWildcard()) && pattern.matches(path);
        }
    }

    /**
     * Records whose headers hold the given ones: all, or any of them.
     *
     * @param expected name to the value's text; a null value asks for presence only
     */
    record MatchingHeaders(boolean all, Map<String, @Nullable String> expected) implements Filter {
        @Override
        public boolean matches(TopicName topic, Record record) {
            for (Map.Entry<String, @Nullable String> entry : expected.entrySet()) {
                Header header = record.headers().last(entry.getKey());
                String value = entry.getValue();
                boolean holds = header != null && (value == null || value.equals(header.text()));
                if (holds != all) {
                    return !all;
                }
            }
            return all;
        }
    }
}
