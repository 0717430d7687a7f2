package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import java.util.Map;

/** The values of one filter that is found under several keys, or is asked. Two are equal only if they are the same. */
final class FilterValues<F extends Filter, T> extends ValueSet<T> {
    final F filter;

    FilterValues(F filter) {
        this.filter = filter;
    }

    /** Puts itself into the set of a key. */
    static <K, F extends Filter, T> void link(Map<K, ValueSet<FilterValues<F, T>>> sets, K key, FilterValues<F, T> values) {
        sets.computeIfAbsent(key, absent -> new ValueSet<>()).add(values);
    }

    /** Takes itself out of the set of a key, and the set away when nothing is left in it. */
    static <K, F extends Filter, T> void unlink(Map<K, ValueSet<FilterValues<F, T>>> sets, K key, FilterValues<F, T> values) {
        ValueSet<FilterValues<F, T>> set = sets.get(key);
        if (set != null && set.remove(values) && !set.hasValues()) {
            sets.remove(key);
        }
    }
}
