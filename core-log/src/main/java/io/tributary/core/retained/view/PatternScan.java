package io.tributary.core.retained.view;

import io.tributary.core.model.SubjectPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a pattern in rows that are sorted by their levels. Where a row does not match it tells the first key that may, so that what
 * lies between is not looked at: a literal word is sought, beneath a wildcard each word is tried once.
 */
public final class PatternScan {
    /** A wildcard for one word. */
    private static final byte[] ONE = new byte[0];

    private final SubjectPattern pattern;
    /** The words before the first that takes many; {@link #ONE} by identity. */
    private final List<byte[]> words = new ArrayList<>();
    /** The pattern ends with its words. */
    private final boolean exact;
    /** All that lies beneath the words matches, and what they are themselves. */
    private final boolean open;

    /** For a pattern whose words are divided by slashes. */
    public PatternScan(SubjectPattern pattern) {
        this.pattern = pattern;
        int many = 0;
        while (many < pattern.words().size() && !isMany(pattern.words().get(many))) {
            String word = pattern.words().get(many);
            words.add(isOne(word) ? ONE : word.getBytes(StandardCharsets.UTF_8));
            many++;
        }
        exact = many == pattern.words().size();
        open = many == pattern.words().size() - 1;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isMany(String word) {
        return word == SubjectPattern.MANY;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isOne(String word) {
        return word == SubjectPattern.ONE;
    }

    /** The one path that can match; null when there may be several. */
    public @Nullable String single() {
        return exact && words.stream().noneMatch(PatternScan::takesAny) ? String.join("/", pattern.words()) : null;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean takesAny(byte[] word) {
        return word == ONE;
    }

    /** The first key that may match. */
    public PathKey first() {
        StringBuilder prefix = new StringBuilder();
        for (int i = 0; i < words.size() && !takesAny(words.get(i)); i++) {
            prefix.append(i == 0 ? "" : "/").append(pattern.words().get(i));
        }
        return PathKey.of(prefix.toString());
    }

    /** What is to be done about a key. */
    public enum Step {
        /** It matches. */
        TAKE,
        /** It does not; the next may. */
        PASS,
        /** None before {@link Look#next} matches. */
        SEEK,
        /** None from here on matches. */
        END
    }

    /**
     * What a look at a key tells.
     *
     * @param next where to go on, of {@link Step#SEEK} alone
     */
    public record Look(Step step, @Nullable PathKey next) {
        private static final Look TAKE = new Look(Step.TAKE, null);
        private static final Look PASS = new Look(Step.PASS, null);
        private static final Look END = new Look(Step.END, null);

        private static Look seek(PathKey next) {
            return new Look(Step.SEEK, next);
        }
    }

    /** Looks at a key. */
    public Look look(PathKey key) {
        int start = 0;
        for (int i = 0; i < words.size(); i++) {
            byte[] word = words.get(i);
            if (start > key.length()) {
                // Shorter than the pattern: what matches lies beneath.
                return Look.seek(key.below(key.length(), takesAny(word) ? null : word));
            }
            int end = key.endOfLevel(start);
            int difference = takesAny(word) ? 0 : key.compareLevel(start, end, word);
            if (difference < 0) {
                return i == 0 ? Look.seek(PathKey.ofBytes(word)) : Look.seek(key.below(start - 1, word));
            }
            if (difference > 0) {
                return i == 0 ? Look.END : Look.seek(key.behind(start - 1));
            }
            start = end + 1;
        }
        if (open) {
            return Look.TAKE;
        }
        if (!exact) {
            return pattern.matches(key.path()) ? Look.TAKE : Look.PASS;
        }
        return start > key.length() ? Look.TAKE : Look.seek(key.behind(start - 1));
    }
}
