package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
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
 * Values under filters of headers and selectors. A filter that must have certain headers is found by one of them, the one by which fewest
 * others are found; one that wants any of several is found by each. What is found is asked, and so is what nothing leads to. One
 * writer at a time; readers take no lock.
 */
final class HeaderIndex<T> {
    /** Headers of a record from which on a table tells the last of each name. */
    private static final int MANY_HEADERS = 16;

    /** A header that a filter wants; a null value asks for presence. */
    private record Wanted(String name, @Nullable String value) {
    }

    /** A filter's values, and by which headers it is found. */
    private record Entry<T>(FilterValues<Filter, T> values, List<Wanted> foundBy) {
    }

    /** The filters that are found by a header of one name. */
    private static final class Named<T> {
        private final Map<String, ValueSet<FilterValues<Filter, T>>> byValue = new ConcurrentHashMap<>(2);
        private final ValueSet<FilterValues<Filter, T>> present = new ValueSet<>();
    }

    private final Map<String, Named<T>> byName = new ConcurrentHashMap<>(2);
    /** What no header leads to: selectors that any header, or its absence, may satisfy, and all of no headers. */
    private final ValueSet<FilterValues<Filter, T>> asked = new ValueSet<>();
    /** The writer's. */
    private final Map<Filter, Entry<T>> entries = new HashMap<>();

    boolean add(Filter filter, T value) {
        Entry<T> known = entries.get(filter);
        if (known != null) {
            return known.values.add(value);
        }
        FilterValues<Filter, T> values = new FilterValues<>(filter);
        values.add(value);
        List<List<Wanted>> ways = ways(filter);
        Entry<T> entry = new Entry<>(values, ways.isEmpty() ? List.of() : rarest(ways));
        entries.put(filter, entry);
        if (ways.isEmpty()) {
            asked.add(values);
        }
        for (Wanted wanted : entry.foundBy) {
            Named<T> named = byName.computeIfAbsent(wanted.name, absent -> new Named<>());
            if (wanted.value == null) {
                named.present.add(values);
            } else {
                FilterValues.link(named.byValue, wanted.value, values);
            }
        }
        return true;
    }

    boolean remove(Filter filter, T value) {
        Entry<T> entry = entries.get(filter);
        if (entry == null || !entry.values.remove(value)) {
            return false;
        }
        if (!entry.values.hasValues()) {
            entries.remove(filter);
            asked.remove(entry.values);
            for (Wanted wanted : entry.foundBy) {
                unlink(wanted, entry.values);
            }
        }
        return true;
    }

    private void unlink(Wanted wanted, FilterValues<Filter, T> values) {
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

    /** Sets of headers; a record that the filter takes has a header of each set. */
    private static List<List<Wanted>> ways(Filter filter) {
        List<List<Wanted>> ways = new ArrayList<>();
        if (filter instanceof Filter.MatchingHeaders headers) {
            List<Wanted> wanted = new ArrayList<>();
            headers.expected().forEach((name, value) -> wanted.add(new Wanted(name, value)));
            if (headers.all()) {
                wanted.forEach(one -> ways.add(List.of(one)));
            } else {
                ways.add(wanted);
            }
        } else if (filter instanceof Filter.Selected selected) {
            selected.requiredHeaders().forEach((name, values) -> ways.add(values.stream().map(value -> new Wanted(name, value)).toList()));
        }
        return ways;
    }

    /** The set by which fewest filters are found; a value rather than presence. */
    private List<Wanted> rarest(List<List<Wanted>> ways) {
        List<Wanted> best = ways.get(0);
        long least = Long.MAX_VALUE;
        for (List<Wanted> way : ways) {
            long found = 0;
            for (Wanted wanted : way) {
                found += foundBy(wanted) + (wanted.value == null ? Integer.MAX_VALUE : 0L);
            }
            if (found < least) {
                least = found;
                best = way;
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
        asked.forEach(values -> ask(topic, record, values, sink));
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
        ValueSet<FilterValues<Filter, T>> set = text == null ? null : named.byValue.get(text);
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

    private void offer(TopicName topic, Record record, Wanted by, FilterValues<Filter, T> values, Consumer<? super T> sink) {
        if (values.filter instanceof Filter.MatchingHeaders headers && !headers.all()) {
            // Found by several headers, it gives its values by the first of them that holds, so once.
            if (by.name.equals(headers.firstHeld(record.headers()))) {
                values.forEach(sink);
            }
        } else {
            ask(topic, record, values, sink);
        }
    }

    private static <T> void ask(TopicName topic, Record record, FilterValues<Filter, T> values, Consumer<? super T> sink) {
        if (values.filter.matches(topic, record)) {
            values.forEach(sink);
        }
    }
}
