package io.tributary.core.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That a record ended in a subscription, for one reason, once or more. Written as the text of a {@link HeaderNames#DEAD_LETTER} header:
 * {@code name=value} pairs joined by {@code &}, percent-encoded as in a web form; of the key its bytes are.
 *
 * @param count      how often, 1 or more
 * @param time       of the first time, milliseconds since the epoch
 * @param topic      the name of the topic in which the record was then, without the namespace
 * @param key        its key then
 * @param expiration its own {@link HeaderNames#EXPIRATION} then, which the copy does not have; null when it had none
 * @param first      whether nothing else had ended the record before
 */
public record DeadLetterEvent(DeadLetterReason reason, String subscription, long count, long time, String topic, byte @Nullable [] key,
                              @Nullable String expiration, boolean first) {
    boolean isOf(DeadLetterReason otherReason, String otherSubscription) {
        return reason == otherReason && subscription.equals(otherSubscription);
    }

    DeadLetterEvent oneMore() {
        return new DeadLetterEvent(reason, subscription, count + 1, time, topic, key, expiration, first);
    }

    Header toHeader() {
        StringBuilder out = new StringBuilder();
        out.append("reason=").append(reason.text()).append("&subscription=").append(URLEncoder.encode(subscription, UTF_8))
            .append("&count=").append(count).append("&time=").append(time).append("&topic=").append(URLEncoder.encode(topic, UTF_8));
        if (key != null) {
            out.append("&key=").append(URLEncoder.encode(new String(key, ISO_8859_1), ISO_8859_1));
        }
        if (expiration != null) {
            out.append("&expiration=").append(URLEncoder.encode(expiration, UTF_8));
        }
        if (first) {
            out.append("&first=true");
        }
        return Header.of(HeaderNames.DEAD_LETTER, out.toString());
    }

    /** Null for a text that is no such event: any client can write a header of this name. */
    static @Nullable DeadLetterEvent parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Map<String, String> fields = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        try {
            DeadLetterReason reason = DeadLetterReason.of(fields.getOrDefault("reason", ""));
            String subscription = decode(fields.get("subscription"), UTF_8);
            String topic = decode(fields.get("topic"), UTF_8);
            long count = Long.parseLong(fields.getOrDefault("count", ""));
            long time = Long.parseLong(fields.getOrDefault("time", ""));
            if (reason == null || subscription == null || topic == null || count < 1) {
                return null;
            }
            String key = decode(fields.get("key"), ISO_8859_1);
            return new DeadLetterEvent(reason, subscription, count, time, topic, key == null ? null : key.getBytes(ISO_8859_1),
                decode(fields.get("expiration"), UTF_8), "true".equals(fields.get("first")));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable String decode(@Nullable String text, Charset charset) {
        return text == null ? null : URLDecoder.decode(text, charset);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetterEvent e && isOf(e.reason, e.subscription) && count == e.count && time == e.time
            && topic.equals(e.topic) && Arrays.equals(key, e.key) && Objects.equals(expiration, e.expiration) && first == e.first;
    }

    @Override
    public int hashCode() {
        return 31 * subscription.hashCode() + Long.hashCode(time);
    }
}
