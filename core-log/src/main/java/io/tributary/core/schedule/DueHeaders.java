package io.tributary.core.schedule;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Schedule;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Record;
import io.tributary.core.model.time.DelayText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a record is to be seen, as its own headers {@link HeaderNames#DELIVER_AT} and {@link HeaderNames#DELAY} ask. */
final class DueHeaders {
    private static final int MAX_DIGITS = 18;
    private static final Duration MAX_DELAY = Duration.ofMillis(Schedule.MAX_AHEAD_MS);

    /** A header that says nothing sensible. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private DueHeaders() {
    }

    /**
     * The time in milliseconds since the epoch, perhaps a past one; {@link PublishRequest#AT_ONCE} for a record that asks for nothing. A
     * delay counts from the record's timestamp, so that the same record has the same time when it is sent again.
     */
    static long dueMs(Record record, long nowMs) throws Malformed {
        Header deliverAt = record.headers().last(HeaderNames.DELIVER_AT);
        Header delay = record.headers().last(HeaderNames.DELAY);
        if (deliverAt == null && delay == null) {
            return PublishRequest.AT_ONCE;
        }
        long dueMs = Math.min(deliverAt == null ? Long.MAX_VALUE : time(deliverAt.text()),
            delay == null ? Long.MAX_VALUE : timeAfter(delay.text(), record.timestamp()));
        if (dueMs - nowMs > Schedule.MAX_AHEAD_MS) {
            throw new Malformed("a record may be due in ten years at most");
        }
        return dueMs;
    }

    private static long time(@Nullable String text) throws Malformed {
        if (text == null || text.isEmpty() || text.length() > MAX_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Malformed(HeaderNames.DELIVER_AT + " takes milliseconds since the epoch, in decimal digits");
        }
        return Long.parseLong(text);
    }

    private static long timeAfter(@Nullable String text, long timestamp) throws Malformed {
        Duration delay = text == null ? null : DelayText.parse(text);
        if (delay == null || delay.isNegative()) {
            throw new Malformed(HeaderNames.DELAY + " takes a span of time: 30s, 500 (milliseconds) or PT1H30M");
        }
        if (delay.isZero()) {
            return PublishRequest.AT_ONCE;
        }
        if (delay.compareTo(MAX_DELAY) > 0) {
            throw new Malformed("a record may be due in ten years at most");
        }
        if (timestamp < 0 || timestamp > Long.MAX_VALUE - delay.toMillis()) {
            throw new Malformed(HeaderNames.DELAY + " counts from the record's timestamp, which is " + timestamp);
        }
        return timestamp + delay.toMillis();
    }
}
