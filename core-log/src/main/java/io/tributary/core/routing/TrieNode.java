package io.tributary.core.routing;

import io.tributary.core.model.SubjectPattern;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A place in a {@link PatternTrie}, and the values whose patterns end there. One writer at a time; readers take no lock. */
@SuppressWarnings("ReferenceEquality")
final class TrieNode<T> extends ValueSet<T> {
    private final String word;
    /** Whether the way from the root to here has a MANY before this node, so that one text may come here more than once. */
    final boolean belowMany;
    volatile @Nullable TrieNode<T> one;
    volatile @Nullable TrieNode<T> many;
    /** By literal: null, the one child, or a map. */
    private volatile @Nullable Object literals;

    TrieNode(String word, boolean belowMany) {
        this.word = word;
        this.belowMany = belowMany;
    }

    @SuppressWarnings("unchecked")
    @Nullable TrieNode<T> literal(String wanted) {
        Object now = literals;
        if (now instanceof TrieNode<?> only) {
            return only.word.equals(wanted) ? (TrieNode<T>) only : null;
        }
        return now == null ? null : ((Map<String, TrieNode<T>>) now).get(wanted);
    }

    @SuppressWarnings("unchecked")
    void addLiteral(TrieNode<T> child) {
        Object now = literals;
        if (now == null) {
            literals = child;
        } else if (now instanceof TrieNode<?> only) {
            Map<String, TrieNode<T>> both = new ConcurrentHashMap<>(2);
            both.put(only.word, (TrieNode<T>) only);
            both.put(child.word, child);
            literals = both;
        } else {
            ((Map<String, TrieNode<T>>) now).put(child.word, child);
        }
    }

    @SuppressWarnings("unchecked")
    void removeLiteral(TrieNode<T> child) {
        if (literals == child) {
            literals = null;
            return;
        }
        Map<String, TrieNode<T>> map = (Map<String, TrieNode<T>>) literals;
        if (map != null) {
            map.remove(child.word);
            if (map.size() == 1) {
                literals = map.values().iterator().next();
            }
        }
    }

    boolean isMany() {
        return word == SubjectPattern.MANY;
    }

    /** Whether a word more may lead on from here. */
    boolean leadsOn() {
        return literals != null || one != null;
    }

    boolean isBare() {
        return !hasValues() && literals == null && one == null && many == null;
    }
}
