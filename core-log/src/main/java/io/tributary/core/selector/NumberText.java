package io.tributary.core.selector;

import org.jspecify.annotations.Nullable;

/** Numbers in the text of a property: decimal, with a sign, fraction and exponent if need be. */
final class NumberText {
    /** Longer texts are no numbers. */
    private static final int MAX_LENGTH = 64;

    private NumberText() {
    }

    /** A Long if it is whole and fits, else a Double; null when the text is no number. */
    static @Nullable Number read(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return null;
        }
        int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        int fraction = digits(text, at);
        int mantissa = fraction - at;
        int end = fraction;
        if (end < text.length() && text.charAt(end) == '.') {
            end = digits(text, fraction + 1);
            mantissa += end - fraction - 1;
        }
        if (mantissa == 0) {
            return null;
        }
        if (end == text.length() && end == fraction && mantissa < 19) {
            return Long.valueOf(text);
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int exponent = end + 1;
            if (exponent < text.length() && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
                exponent++;
            }
            end = digits(text, exponent);
            if (end == exponent) {
                return null;
            }
        }
        return end < text.length() ? null : end == fraction ? whole(text) : (Number) Double.valueOf(text);
    }

    /** Where the digits from here on end. */
    private static int digits(String text, int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static Number whole(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException tooLarge) {
            return Double.valueOf(text);
        }
    }
}
