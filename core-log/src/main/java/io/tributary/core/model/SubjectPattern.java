package io.tributary.core.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over words that a separator divides: a literal word, {@link #ONE any one word}, or {@link #MANY any number of words, none
 * included}. AMQP's topic patterns and MQTT's topic filters are both of this form.
 *
 * @param separator divides the words of the text that is matched
 * @param words     literals and the two wildcards, told from literals by identity
 */
public record SubjectPattern(char separator, List<String> words) {
    /** Matches exactly one word, which may be empty. Compared by identity: a literal may read the same. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    public static final String ONE = new String("*");
    /** Matches any number of words, none included. Compared by identity: a literal may read the same. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    public static final String MANY = new String("#");

    public SubjectPattern {
        words = List.copyOf(words);
    }

    /**
     * Reads a pattern.
     *
     * @param separator divides the words, in the pattern and in the text
     * @param one       how the pattern writes {@link #ONE}
     * @param many      how the pattern writes {@link #MANY}
     */
    public static SubjectPattern parse(String pattern, char separator, String one, String many) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (true) {
            int end = pattern.indexOf(separator, start);
            String word = pattern.substring(start, end < 0 ? pattern.length() : end);
            words.add(word.equals(one) ? ONE : word.equals(many) ? MANY : word);
            if (end < 0) {
                return new SubjectPattern(separator, words);
            }
            start = end + 1;
        }
    }

    /** Whether it matches the same texts for the same reason: a literal that reads as a wildcard does not equal it. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof SubjectPattern that) || separator != that.separator || !words.equals(that.words)) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            if (isWildcard(words.get(i)) != isWildcard(that.words.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return 31 * words.hashCode() + separator;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isWildcard(String word) {
        return word == ONE || word == MANY;
    }

    /** Whether the first word is one of the wildcards. */
    public boolean beginsWithWildcard() {
        return !words.isEmpty() && isWildcard(words.get(0));
    }

    /** Whether the whole text matches; takes at most the product of both lengths, whatever the wildcards. */
    @SuppressWarnings("ReferenceEquality")
    public boolean matches(String text) {
        int w = 0;
        int at = 0;
        // Where to go on when what follows the last MANY does not match: that one takes a word more. Those before it need not be tried.
        int afterMany = -1;
        int taken = 0;
        while (true) {
            if (w < words.size() && words.get(w) == MANY) {
                w++;
                if (w == words.size()) {
                    return true;
                }
                afterMany = w;
                taken = at;
            } else if (at > text.length()) {
                return w == words.size();
            } else {
                int end = endOfWord(text, at);
                if (w < words.size() && takes(words.get(w), text, at, end)) {
                    w++;
                    at = end + 1;
                } else if (afterMany < 0) {
                    return false;
                } else {
                    taken = endOfWord(text, taken) + 1;
                    at = taken;
                    w = afterMany;
                }
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean takes(String expected, String text, int start, int end) {
        return expected == ONE || expected.length() == end - start && text.startsWith(expected, start);
    }

    private int endOfWord(String text, int start) {
        int end = text.indexOf(separator, start);
        return end < 0 ? text.length() : end;
    }
}
