package io.tributary.core.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One text's way through a {@link PatternTrie}: all the nodes that its words so far lead to, a word at a time. A node for MANY that was
 * reached once stays reached, whatever words follow. So no node is visited twice at one word, and time is bounded by the product of
 * words and nodes where trying one pattern after the other, wildcards by going back, would be exponential.
 */
final class TrieWalk<T> {
    private final Consumer<? super T> sink;
    /** Reached by exactly the words so far. */
    private List<TrieNode<T>> reached = new ArrayList<>(4);
    private List<TrieNode<T>> next = new ArrayList<>(4);
    /** The nodes for MANY that something may follow. */
    private final List<TrieNode<T>> staying = new ArrayList<>(4);
    /** The nodes for MANY that may be come to again. */
    private @Nullable Set<TrieNode<T>> seen;

    TrieWalk(Consumer<? super T> sink) {
        this.sink = sink;
    }

    void match(TrieNode<T> root, String text, char separator, boolean wildcardFirst) {
        int end = endOfWord(text, 0, separator);
        String first = text.substring(0, end);
        if (wildcardFirst) {
            stay(root.many);
            int before = staying.size();
            advance(root, first);
            advanceStaying(before, first);
        } else {
            arrive(root.literal(first));
        }
        turn();
        while (end < text.length() && !(reached.isEmpty() && staying.isEmpty())) {
            int start = end + 1;
            end = endOfWord(text, start, separator);
            String word = text.substring(start, end);
            int before = staying.size();
            for (TrieNode<T> node : reached) {
                advance(node, word);
            }
            advanceStaying(before, word);
            turn();
        }
        for (TrieNode<T> node : reached) {
            node.forEach(sink);
        }
    }

    private static int endOfWord(String text, int start, char separator) {
        int end = text.indexOf(separator, start);
        return end < 0 ? text.length() : end;
    }

    private void turn() {
        List<TrieNode<T>> left = reached;
        reached = next;
        next = left;
        next.clear();
    }

    /** Those that came while this word was taken wait for the next one. */
    private void advanceStaying(int count, String word) {
        for (int i = 0; i < count; i++) {
            advance(staying.get(i), word);
        }
    }

    private void advance(TrieNode<T> node, String word) {
        arrive(node.literal(word));
        arrive(node.one);
    }

    private void arrive(@Nullable TrieNode<T> node) {
        if (node != null) {
            next.add(node);
            stay(node.many);
        }
    }

    /** Reaches a node for MANY: its own patterns match, whatever follows. */
    private void stay(@Nullable TrieNode<T> from) {
        for (TrieNode<T> node = from; node != null; node = node.many) {
            if (node.belowMany) {
                if (seen == null) {
                    seen = Collections.newSetFromMap(new IdentityHashMap<>());
                }
                if (!seen.add(node)) {
                    return;
                }
            }
            node.forEach(sink);
            if (node.leadsOn()) {
                staying.add(node);
            }
        }
    }
}
