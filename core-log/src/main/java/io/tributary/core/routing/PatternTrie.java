package io.tributary.core.routing;

import io.tributary.core.model.SubjectPattern;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under patterns of one separator, word by word. One writer at a time; readers take no lock.
 *
 * <p>A pattern adds a node for each of its words that no other pattern shares, about 40 bytes, and where a node has several followers
 * an entry of a hash table, about 40 more.
 */
@SuppressWarnings("ReferenceEquality")
final class PatternTrie<T> {
    private final TrieNode<T> root = new TrieNode<>("", false);
    private final char separator;

    PatternTrie(char separator) {
        this.separator = separator;
    }

    /** Whether the value was not there under these words. */
    boolean add(List<String> words, T value) {
        TrieNode<T> node = root;
        for (String word : words) {
            TrieNode<T> next = follow(node, word);
            node = next == null ? grow(node, word) : next;
        }
        return node.add(value);
    }

    /** Whether the value was there under these words. */
    boolean remove(List<String> words, T value) {
        Deque<TrieNode<T>> way = new ArrayDeque<>();
        TrieNode<T> node = root;
        for (String word : words) {
            way.push(node);
            node = follow(node, word);
            if (node == null) {
                return false;
            }
        }
        if (!node.remove(value)) {
            return false;
        }
        while (node != root && node.isBare()) {
            TrieNode<T> parent = way.pop();
            if (parent.one == node) {
                parent.one = null;
            } else if (parent.many == node) {
                parent.many = null;
            } else {
                parent.removeLiteral(node);
            }
            node = parent;
        }
        return true;
    }

    boolean isEmpty() {
        return root.isBare();
    }

    private static <T> @Nullable TrieNode<T> follow(TrieNode<T> node, String word) {
        return word == SubjectPattern.ONE ? node.one : word == SubjectPattern.MANY ? node.many : node.literal(word);
    }

    private static <T> TrieNode<T> grow(TrieNode<T> node, String word) {
        TrieNode<T> next = new TrieNode<>(word, node.belowMany || node.isMany());
        if (word == SubjectPattern.ONE) {
            node.one = next;
        } else if (word == SubjectPattern.MANY) {
            node.many = next;
        } else {
            node.addLiteral(next);
        }
        return next;
    }

    /**
     * Gives the values whose patterns match, each once for every pattern. Costs for every word of the text a look-up in each node that
     * the words before it lead to.
     *
     * @param wildcardFirst whether a wildcard may stand for the first word
     */
    void match(String text, boolean wildcardFirst, Consumer<? super T> sink) {
        new TrieWalk<T>(sink).match(root, text, separator, wildcardFirst);
    }
}
