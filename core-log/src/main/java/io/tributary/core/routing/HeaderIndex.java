package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values under filters of headers. A filter that wants all its headers is found by one of them, the one that fewest others are found by;
 * one that wants any is found by each. What is found is asked. One writer at a time; readers take no lock.
 */
final class HeaderIndex<T> {
    /** Headers of a record from which on a table tells the last of each name. */
    private static final int MANY_HEADERS = 16;

    /** A header that a filter wants; a null value asks for presence. */
    private record Wanted(String name, @Nullable String value) {
    }

    /** A filter's values, and by which headers it is found; none finds a filter without headers. */
    private record Entry<T>(FilterValues<Filter.MatchingHeaders, T> values, List<Wanted> foundBy) {
    }

    /** The filters that are found by a header of one name. */
    private static final class Named<T> {
        private final Map<String, ValueSet<FilterValues<Filter.MatchingHeaders, T>>> byValue = new ConcurrentHashMap<>(2);
        private final ValueSet<FilterValues<Filter.MatchingHeaders, T>> present = new ValueSet<>();
    }

    private final Map<String, Named<T>> byName = new ConcurrentHashMap<>(2);
    /** All of no headers holds always. */
    private final ValueSet<FilterValues<Filter.MatchingHeaders, T>> always = new ValueSet<>();
    /** The writer's. */
    private final Map<Filter.MatchingHeaders, Entry<T>> entries = new HashMap<>();

    boolean add(Filter.MatchingHeaders filter, T value) {
        Entry<T> entry = entries.get(filter);
        if (entry != null) {
            return entry.values.add(value);
        }
        FilterValues<Filter.MatchingHeaders, T> values = new FilterValues<>(filter);
        values.add(value);
        entry = new Entry<>(values, filter.all() ? rarest(filter) : wanted(filter));
        entries.put(filter, entry);
        for (Wanted wanted : entry.foundBy) {
            Named<T> named = byName.computeIfAbsent(wanted.name, absent -> new Named<>());
            if (wanted.value == null) {
                named.present.add(values);
            } else {
                FilterValues.link(named.byValue, wanted.value, values);
            }
        }
        if (filter.all() && entry.foundBy.isEmpty()) {
            always.add(values);
        }
        return true;
    }

    boolean remove(Filter.MatchingHeaders filter, T value) {
        Entry<T> entry = entries.get(filter);
        if (entry == null || !entry.values.remove(value)) {
            return false;
        }
        if (!entry.values.hasValues()) {
            entries.remove(filter);
            always.remove(entry.values);
            for (Wanted wanted : entry.foundBy) {
                unlink(wanted, entry.values);
            }
        }
        return true;
    }

    private void unlink(Wanted wanted, FilterValues<Filter.MatchingHeaders, T> values) {
        Named<T> named = Objects.requireNonNull(byName.get(wanted.name));
        if (wanted.value == null) {
            named.present.remove(values);
        } else {
            FilterValues.unlink(named.byValue, wanted.value, values);
        }
        if (named.byValue.isEmpty() && !named.present.hasValues()) {
            byName.remove(wanted.name);
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    private static List<Wanted> wanted(Filter.MatchingHeaders filter) {
        return filter.expected().entrySet().stream().map(entry -> new Wanted(entry.getKey(), entry.getValue())).toList();
    }

    /** The header by which fewest filters are found, one with a value if there is any; none if the filter has no headers. */
    private List<Wanted> rarest(Filter.MatchingHeaders filter) {
        List<Wanted> best = List.of();
        long least = Long.MAX_VALUE;
        for (Wanted wanted : wanted(filter)) {
            long found = foundBy(wanted) + (wanted.value == null ? Integer.MAX_VALUE : 0L);
            if (found < least) {
                least = found;
                best = List.of(wanted);
            }
        }
        return best;
    }

    private int foundBy(Wanted wanted) {
        Named<T> named = byName.get(wanted.name);
        if (named == null) {
            return 0;
        }
        ValueSet<?> set = wanted.value == null ? named.present : named.byValue.get(wanted.value);
        return set == null ? 0 : set.size();
    }

    void match(TopicName topic, Record record, Consumer<? super T> sink) {
        always.forEach(values -> values.forEach(sink));
        if (byName.isEmpty()) {
            return;
        }
        Headers headers = record.headers();
        if (headers.size() <= MANY_HEADERS) {
            for (Header header : headers) {
                match(topic, record, header, sink);
            }
        } else {
            for (Header header : lastOfEachName(headers)) {
                match(topic, record, header, sink);
            }
        }
    }

    private static Collection<Header> lastOfEachName(Headers headers) {
        Map<String, Header> last = new LinkedHashMap<>();
        for (Header header : headers) {
            last.put(header.name(), header);
        }
        return last.values();
    }

    private void match(TopicName topic, Record record, Header header, Consumer<? super T> sink) {
        Named<T> named = byName.get(header.name());
        if (named == null || isOverridden(record, header)) {
            return;
        }
        Wanted present = new Wanted(header.name(), null);
        named.present.forEach(values -> offer(topic, record, present, values, sink));
        String text = header.text();
        ValueSet<FilterValues<Filter.MatchingHeaders, T>> set = text == null ? null : named.byValue.get(text);
        if (set != null) {
            Wanted wanted = new Wanted(header.name(), text);
            set.forEach(values -> offer(topic, record, wanted, values, sink));
        }
    }

    /** A later header of the name counts in place of this one. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOverridden(Record record, Header header) {
        return record.headers().last(header.name()) != header;
    }

    /** A filter that is found by several headers gives its values by the first of them that holds, so once. */
    private void offer(TopicName topic, Record record, Wanted by, FilterValues<Filter.MatchingHeaders, T> values,
                       Consumer<? super T> sink) {
        if (values.filter.all() ? values.filter.matches(topic, record) : by.name.equals(values.filter.firstHeld(record.headers()))) {
            values.forEach(sink);
        }
    }
}
