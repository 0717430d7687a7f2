package io.tributary.protocol.http.translate;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Spans and points of time as people write them. */
public final class TimeText {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    private TimeText() {
    }

    /**
     * Reads a span: a number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}; a number alone is milliseconds. Fails with
     * INVALID_ARGUMENT when it is none, or not within the bounds.
     *
     * @param name what the span is called in the error
     */
    public static Duration span(String name, @Nullable String text, Duration absent, Duration min, Duration max) {
        if (text == null) {
            return absent;
        }
        Matcher matcher = SPAN.matcher(text);
        if (!matcher.matches()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                name + " is no span of time; write 500ms, 5s, 2m, 1h or 7d, or a number of milliseconds");
        }
        Duration span;
        try {
            span = Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), unitMs(matcher.group(2))));
        } catch (ArithmeticException tooLong) {
            span = Duration.ofMillis(Long.MAX_VALUE);
        }
        if (span.compareTo(min) < 0 || span.compareTo(max) > 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, name + " may be " + write(min) + " to " + write(max));
        }
        return span;
    }

    private static long unitMs(@Nullable String unit) {
        return switch (unit == null ? "ms" : unit) {
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> DAY_MS;
            default -> 1;
        };
    }

    /** The inverse of {@link #span}, in the largest unit that divides it. */
    public static String write(Duration span) {
        long ms = span.toMillis();
        if (ms > 0) {
            for (String unit : new String[] {"d", "h", "m", "s"}) {
                if (ms % unitMs(unit) == 0) {
                    return ms / unitMs(unit) + unit;
                }
            }
        }
        return ms + "ms";
    }

    /** Reads a point of time, ISO 8601 with an offset or milliseconds since the epoch, as the latter. Fails with INVALID_ARGUMENT. */
    public static long instantMs(String name, String text) {
        if (NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        try {
            return text.endsWith("Z") ? Instant.parse(text).toEpochMilli() : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException malformed) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                name + " is no point of time; write 2026-01-31T12:00:00Z, milliseconds since the epoch, earliest or latest");
        }
    }
}
