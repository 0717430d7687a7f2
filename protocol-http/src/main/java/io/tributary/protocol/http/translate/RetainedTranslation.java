package io.tributary.protocol.http.translate;

import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValue;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.RetainedJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Retained values as JSON, and a topic's keys as addresses. */
public final class RetainedTranslation {
    private static final String ONE = "+";
    private static final String MANY = "#";

    private RetainedTranslation() {
    }

    /** Whether the topic's keys are whole addresses, which lie among those of all topics. */
    public static boolean isAmongAll(TopicName topic) {
        return topic.name().equals(Address.FALLBACK_TOPIC);
    }

    /**
     * The addresses of a topic's keys.
     *
     * @param subject a pattern for the keys; null for all
     */
    public static SubjectPattern pattern(TopicName topic, @Nullable String subject) {
        SubjectPattern keys = SubjectPattern.parse(subject == null ? MANY : subject, Address.SEPARATOR, ONE, MANY);
        if (isAmongAll(topic)) {
            return keys;
        }
        List<String> words = new ArrayList<>();
        words.add(topic.name());
        words.addAll(keys.words());
        return new SubjectPattern(Address.SEPARATOR, words);
    }

    /** Where to go on; fails with INVALID_ARGUMENT for what no page has told. */
    public static @Nullable String after(@Nullable String after) {
        try {
            return after == null ? null : new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "after is no page's next");
        }
    }

    public static RetainedJson.Page toJson(TopicName topic, RetainedPage page) {
        List<RetainedJson> records = new ArrayList<>(page.values().size());
        for (RetainedValue value : page.values()) {
            Address address = Address.parse(topic.namespace(), value.path());
            if (address.topic().equals(topic)) {
                records.add(new RetainedJson(topic.name(), value.record().timestamp(), Subject.toKey(address.subject()),
                    value.record().value(), RecordTranslation.values(value.record().headers())));
            }
        }
        String next = page.next();
        return new RetainedJson.Page(records,
            next == null ? null : Base64.getUrlEncoder().withoutPadding().encodeToString(next.getBytes(StandardCharsets.UTF_8)));
    }
}
