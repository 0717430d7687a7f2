package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Record;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Values under filters of tags. A record has one tag, so each filter is found once. One writer at a time; readers take no lock. */
final class TagIndex<T> {
    private final Map<String, ValueSet<FilterValues<Filter.Tagged, T>>> byTag = new ConcurrentHashMap<>(2);
    /** The writer's. */
    private final Map<Filter.Tagged, FilterValues<Filter.Tagged, T>> filters = new HashMap<>();

    boolean add(Filter.Tagged filter, T value) {
        FilterValues<Filter.Tagged, T> known = filters.get(filter);
        if (known != null) {
            return known.add(value);
        }
        FilterValues<Filter.Tagged, T> values = new FilterValues<>(filter);
        values.add(value);
        filters.put(filter, values);
        filter.tags().forEach(tag -> FilterValues.link(byTag, tag, values));
        return true;
    }

    boolean remove(Filter.Tagged filter, T value) {
        FilterValues<Filter.Tagged, T> values = filters.get(filter);
        if (values == null || !values.remove(value)) {
            return false;
        }
        if (!values.hasValues()) {
            filters.remove(filter);
            filter.tags().forEach(tag -> FilterValues.unlink(byTag, tag, values));
        }
        return true;
    }

    boolean isEmpty() {
        return filters.isEmpty();
    }

    void match(Record record, Consumer<? super T> sink) {
        String tag = record.headers().text(HeaderNames.TAG);
        ValueSet<FilterValues<Filter.Tagged, T>> set = tag == null ? null : byTag.get(tag);
        if (set != null) {
            set.forEach(values -> values.forEach(sink));
        }
    }
}
