package io.tributary.core.selector;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of LIKE: {@code _} is any one character, {@code %} any number. Takes the product of both lengths at most, however many
 * {@code %} there are: what precedes the last one need never be tried again.
 */
final class LikePattern {
    private static final int ONE = -1;
    private static final int ANY = -2;

    /** Characters, {@link #ONE} and {@link #ANY}. */
    private final int[] parts;

    private LikePattern(int[] parts) {
        this.parts = parts;
    }

    /**
     * Reads a pattern.
     *
     * @param escape put before a {@code _} or {@code %} that stands for itself; -1 for none
     * @param index  of the pattern in the selector, for the message
     */
    static LikePattern of(String text, int escape, int index) {
        List<Integer> parts = new ArrayList<>();
        int[] characters = text.codePoints().toArray();
        for (int i = 0; i < characters.length; i++) {
            int c = characters[i];
            if (c == escape) {
                i++;
                if (i == characters.length || characters[i] != '_' && characters[i] != '%' && characters[i] != escape) {
                    throw new SelectorException("an escape is followed by a wildcard or by itself; the pattern", index);
                }
                parts.add(characters[i]);
            } else if (c == '_') {
                parts.add(ONE);
            } else if (c != '%') {
                parts.add(c);
            } else if (parts.isEmpty() || parts.get(parts.size() - 1) != ANY) {
                parts.add(ANY);
            }
        }
        return new LikePattern(parts.stream().mapToInt(Integer::intValue).toArray());
    }

    boolean matches(String text) {
        int part = 0;
        int at = 0;
        int afterAny = -1;
        int taken = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (part < parts.length && parts[part] == ANY) {
                part++;
                afterAny = part;
                taken = at;
            } else if (part < parts.length && (parts[part] == ONE || parts[part] == c)) {
                part++;
                at += Character.charCount(c);
            } else if (afterAny < 0) {
                return false;
            } else {
                taken += Character.charCount(text.codePointAt(taken));
                at = taken;
                part = afterAny;
            }
        }
        return part == parts.length || part == parts.length - 1 && parts[part] == ANY;
    }
}
