package io.tributary.core.model;

import io.tributary.core.selector.Selector;
import io.tributary.core.selector.SelectorException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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
     * Records whose headers hold the given ones: all, or any of them. Of a header that a record has more than once the last counts. Values
     * are compared as text, for records of most protocols have no types. All of none takes every record, any of none takes no record.
     *
     * @param expected name to the value's text; a null value asks for presence only
     */
    record MatchingHeaders(boolean all, Map<String, @Nullable String> expected) implements Filter {
        public MatchingHeaders {
            expected = Collections.unmodifiableMap(new LinkedHashMap<>(expected));
        }

        @Override
        public boolean matches(TopicName topic, Record record) {
            Headers headers = record.headers();
            if (!all) {
                return firstHeld(headers) != null;
            }
            for (Map.Entry<String, @Nullable String> entry : expected.entrySet()) {
                if (!holds(headers, entry.getKey(), entry.getValue())) {
                    return false;
                }
            }
            return true;
        }

        /** The first of the expected names, in the order of the map, whose header is as expected; null when there is none. */
        public @Nullable String firstHeld(Headers headers) {
            for (Map.Entry<String, @Nullable String> entry : expected.entrySet()) {
                if (holds(headers, entry.getKey(), entry.getValue())) {
                    return entry.getKey();
                }
            }
            return null;
        }

        private static boolean holds(Headers headers, String name, @Nullable String value) {
            Header header = headers.last(name);
            return header != null && (value == null || value.equals(header.text()));
        }
    }

    /** Records whose header {@link HeaderNames#TAG} is one of the tags. */
    record Tagged(Set<String> tags) implements Filter {
        private static final String OR = "||";
        private static final String EVERY = "*";

        public Tagged {
            tags = Set.copyOf(tags);
        }

        /**
         * Reads {@code a || b}: tags with {@code ||} between them, without the space around each. A {@code *} among them takes every
         * record, tagged or not. Fails with INVALID_ARGUMENT for an empty tag.
         */
        public static Filter parse(String expression) {
            Set<String> tags = new LinkedHashSet<>();
            int start = 0;
            while (start >= 0) {
                int end = expression.indexOf(OR, start);
                String tag = (end < 0 ? expression.substring(start) : expression.substring(start, end)).strip();
                if (tag.isEmpty()) {
                    throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "an empty tag in '" + expression + "'");
                }
                tags.add(tag);
                start = end < 0 ? -1 : end + OR.length();
            }
            return tags.contains(EVERY) ? new All() : new Tagged(tags);
        }

        @Override
        public boolean matches(TopicName topic, Record record) {
            String tag = record.headers().text(HeaderNames.TAG);
            return tag != null && tags.contains(tag);
        }
    }

    /**
     * Records of which a selector is true: SQL-92 conditions as JMS has them, over the record's headers. See {@link RecordProperties} for
     * what the identifiers mean and {@link Selector} for the syntax and its bounds.
     */
    record Selected(Selector selector) implements Filter {
        /** Compiles a selector. Fails with INVALID_ARGUMENT, telling what is wrong at which character. */
        public static Selected of(String text) {
            try {
                return new Selected(Selector.parse(text));
            } catch (SelectorException wrong) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "no selector: " + wrong.getMessage(), wrong);
            }
        }

        public String text() {
            return selector.text();
        }

        /** Headers that every record has that it takes, each with the texts one of which it is; empty if the selector names none. */
        public Map<String, Set<String>> requiredHeaders() {
            Map<String, Set<String>> headers = new LinkedHashMap<>();
            selector.required().forEach((name, texts) -> {
                if (RecordProperties.isHeader(name)) {
                    headers.put(RecordProperties.headerOf(name), texts);
                }
            });
            return headers;
        }

        @Override
        public boolean matches(TopicName topic, Record record) {
            return selector.matches(new RecordProperties(topic, record));
        }
    }
}
