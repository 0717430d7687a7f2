package io.tributary.protocol.http.translate;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Schedule;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.time.DelayText;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** When a record is to be seen, as a client asks for it: after a delay, or not before a time. */
public final class DueTime {
    /** The request header with a span of time. */
    public static final String DELAY_HEADER = "Delay";
    /** The request header with a point of time. */
    public static final String NOT_BEFORE_HEADER = "Not-Before";

    private static final Duration MAX = Duration.ofMillis(Schedule.MAX_AHEAD_MS);
    private static final int MAX_DIGITS = 18;

    private DueTime() {
    }

    /**
     * The time in milliseconds since the epoch, or {@link PublishRequest#AT_ONCE} when neither is given. Fails with INVALID_ARGUMENT when
     * both are, or one does not parse or is too far ahead; a time that has passed is none.
     *
     * @param delay     {@code 30s} and the like, milliseconds, or an ISO 8601 duration
     * @param notBefore an ISO 8601 time with an offset, or milliseconds since the epoch
     * @param place     where they stand, for the error; empty or ending in a dot
     */
    public static long of(@Nullable String delay, @Nullable String notBefore, String place, long nowMs) {
        if (delay != null && notBefore != null) {
            throw invalid(place + "delay and " + place + "notBefore exclude each other");
        }
        if (delay != null) {
            Duration span = span(place + "delay", delay);
            return span.isZero() ? PublishRequest.AT_ONCE : nowMs + span.toMillis();
        }
        return notBefore == null ? PublishRequest.AT_ONCE : Math.max(PublishRequest.AT_ONCE, instantMs(place + "notBefore", notBefore));
    }

    private static Duration span(String name, String text) {
        Duration span = DelayText.parse(text);
        if (span == null) {
            throw invalid(name + " is no span of time; write 30s, 500 (milliseconds) or PT1H30M");
        }
        if (span.isNegative() || span.compareTo(MAX) > 0) {
            throw invalid(name + " may be 0 to " + TimeText.write(MAX));
        }
        return span;
    }

    private static long instantMs(String name, String text) {
        try {
            if (text.length() <= MAX_DIGITS && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Long.parseLong(text);
            }
            return text.endsWith("Z") ? Instant.parse(text).toEpochMilli() : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException malformed) {
            throw invalid(name + " is no point of time; write 2026-01-31T12:00:00Z or milliseconds since the epoch");
        }
    }

    private static BrokerException invalid(String message) {
        return new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
