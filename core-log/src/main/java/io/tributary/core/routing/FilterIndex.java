package io.tributary.core.routing;

import io.tributary.core.model.Address;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under filters: finds those whose filter takes a record, without asking every filter.
 *
 * <table>
 * <caption>What a match costs, and what a filter takes in memory beside its own texts</caption>
 * <tr><td>all, unkeyed</td><td>nothing but its values</td><td>nothing</td></tr>
 * <tr><td>exact subject</td><td>a look-up</td><td>about 60 bytes</td></tr>
 * <tr><td>patterns</td><td>for each word of the text a look-up in every place that the words before it lead to</td>
 *     <td>at most about 80 bytes a word</td></tr>
 * <tr><td>tags</td><td>a look-up</td><td>about 60 bytes and 60 a tag</td></tr>
 * <tr><td>headers</td><td>a look-up for each header; asks the filters that are found by one of the record's</td>
 *     <td>about 200 bytes; for <em>any</em> 100 more for each header</td></tr>
 * <tr><td>selector</td><td>as headers if it asks for a header's text, {@code a = 'x' AND ...}; the others are asked, each different one
 *     once</td><td>about 200 bytes</td></tr>
 * </table>
 * Every value beyond the first of a filter adds 4 to 48 bytes.
 *
 * <p>Safe on any thread. Changes exclude each other and cost what the changed filter has. A match takes no lock and waits for nobody: it
 * gives every value that is there from its begin to its end, and may or may not give those that come or go meanwhile; one that is removed
 * and added again meanwhile may be given twice.
 *
 * @param <T> compared by equals
 */
public final class FilterIndex<T> {
    private final ValueSet<T> all = new ValueSet<>();
    private final ValueSet<T> unkeyed = new ValueSet<>();
    private final Map<String, ValueSet<T>> exact = new ConcurrentHashMap<>(2);
    /** By the separator of the words. */
    private final Map<Character, PatternTrie<T>> subjects = new ConcurrentHashMap<>(2);
    private final Map<Character, PatternTrie<T>> addresses = new ConcurrentHashMap<>(2);
    /** Null while they are empty: most topics have neither. */
    private volatile @Nullable HeaderIndex<T> headers;
    private volatile @Nullable TagIndex<T> tags;

    /** Whether the value was not there under this filter. */
    public synchronized boolean add(Filter filter, T value) {
        if (filter instanceof Filter.All) {
            return all.add(value);
        } else if (filter instanceof Filter.Unkeyed) {
            return unkeyed.add(value);
        } else if (filter instanceof Filter.ExactSubject subject) {
            return exact.computeIfAbsent(subject.subject(), absent -> new ValueSet<>()).add(value);
        } else if (filter instanceof Filter.MatchingSubject subject) {
            return add(subjects, subject.pattern(), value);
        } else if (filter instanceof Filter.MatchingAddress address) {
            return add(addresses, address.pattern(), value);
        } else if (filter instanceof Filter.Tagged tagged) {
            return addTagged(tagged, value);
        }
        return addHeaders(filter, value);
    }

    /** Whether the value was there under this filter. */
    public synchronized boolean remove(Filter filter, T value) {
        if (filter instanceof Filter.All) {
            return all.remove(value);
        } else if (filter instanceof Filter.Unkeyed) {
            return unkeyed.remove(value);
        } else if (filter instanceof Filter.ExactSubject subject) {
            return remove(exact, subject.subject(), value);
        } else if (filter instanceof Filter.MatchingSubject subject) {
            return remove(subjects, subject.pattern(), value);
        } else if (filter instanceof Filter.MatchingAddress address) {
            return remove(addresses, address.pattern(), value);
        } else if (filter instanceof Filter.Tagged tagged) {
            return removeTagged(tagged, value);
        }
        return removeHeaders(filter, value);
    }

    /** Whether no value is there under any filter. */
    public synchronized boolean isEmpty() {
        return !all.hasValues() && !unkeyed.hasValues() && exact.isEmpty() && subjects.isEmpty() && addresses.isEmpty()
            && headers == null && tags == null;
    }

    /** Gives the values whose filter takes this record of this topic, in no order; each once for every filter that it is under. */
    public void match(TopicName topic, Record record, Consumer<? super T> sink) {
        all.forEach(sink);
        if (record.key() == null) {
            unkeyed.forEach(sink);
        }
        if (!(exact.isEmpty() && subjects.isEmpty() && addresses.isEmpty())) {
            matchSubject(topic, record.subject(), sink);
        }
        HeaderIndex<T> byHeaders = headers;
        if (byHeaders != null) {
            byHeaders.match(topic, record, sink);
        }
        TagIndex<T> byTag = tags;
        if (byTag != null) {
            byTag.match(record, sink);
        }
    }

    private void matchSubject(TopicName topic, @Nullable String subject, Consumer<? super T> sink) {
        ValueSet<T> same = subject == null ? null : exact.get(subject);
        if (same != null) {
            same.forEach(sink);
        }
        for (PatternTrie<T> trie : subjects.values()) {
            trie.match(subject == null ? "" : subject, true, sink);
        }
        if (!addresses.isEmpty()) {
            String path = Address.path(topic, subject);
            for (PatternTrie<T> trie : addresses.values()) {
                trie.match(path, !path.startsWith("$"), sink);
            }
        }
    }

    private static <T> boolean add(Map<Character, PatternTrie<T>> tries, SubjectPattern pattern, T value) {
        return tries.computeIfAbsent(pattern.separator(), PatternTrie::new).add(pattern.words(), value);
    }

    private static <T> boolean remove(Map<Character, PatternTrie<T>> tries, SubjectPattern pattern, T value) {
        PatternTrie<T> trie = tries.get(pattern.separator());
        if (trie == null || !trie.remove(pattern.words(), value)) {
            return false;
        }
        if (trie.isEmpty()) {
            tries.remove(pattern.separator());
        }
        return true;
    }

    private static <K, T> boolean remove(Map<K, ValueSet<T>> sets, K key, T value) {
        ValueSet<T> set = sets.get(key);
        if (set == null || !set.remove(value)) {
            return false;
        }
        if (!set.hasValues()) {
            sets.remove(key);
        }
        return true;
    }

    private boolean addHeaders(Filter filter, T value) {
        HeaderIndex<T> index = headers;
        if (index == null) {
            index = new HeaderIndex<>();
            headers = index;
        }
        return index.add(filter, value);
    }

    private boolean removeHeaders(Filter filter, T value) {
        HeaderIndex<T> index = headers;
        if (index == null || !index.remove(filter, value)) {
            return false;
        }
        if (index.isEmpty()) {
            headers = null;
        }
        return true;
    }

    private boolean addTagged(Filter.Tagged filter, T value) {
        TagIndex<T> index = tags;
        if (index == null) {
            index = new TagIndex<>();
            tags = index;
        }
        return index.add(filter, value);
    }

    private boolean removeTagged(Filter.Tagged filter, T value) {
        TagIndex<T> index = tags;
        if (index == null || !index.remove(filter, value)) {
            return false;
        }
        if (index.isEmpty()) {
            tags = null;
        }
        return true;
    }
}
