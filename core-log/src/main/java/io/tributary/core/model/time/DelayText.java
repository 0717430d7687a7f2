package io.tributary.core.model.time;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A delay as people write it: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}, {@code 7d}, a number of milliseconds, or ISO 8601. */
public final class DelayText {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)?");
    private static final int MAX_LENGTH = 64;

    private DelayText() {
    }

    /** The delay, which may be negative if it was written in ISO 8601; null when the text is none. */
    public static @Nullable Duration parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            return iso(text);
        }
        long number = Long.parseLong(span.group(1));
        String unit = span.group(2);
        return switch (unit == null ? "ms" : unit) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofSeconds(number * 60);
            case "h" -> Duration.ofSeconds(number * 3_600);
            // Fifteen digits of days are more seconds than there are; it is far beyond any bound anyway.
            case "d" -> Duration.ofHours(Math.min(number, Integer.MAX_VALUE) * 24);
            default -> Duration.ofMillis(number);
        };
    }

    private static @Nullable Duration iso(String text) {
        try {
            return text.startsWith("P") ? Duration.parse(text) : null;
        } catch (DateTimeParseException malformed) {
            return null;
        }
    }
}
