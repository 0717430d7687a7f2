package io.tributary.gateway.metrics;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One number of many things.
 *
 * @param unit   null for a plain number
 * @param counts whether it only grows
 */
record Column<T>(String name, @Nullable String unit, String description, boolean counts, ToDoubleFunction<T> value) {
    static <T> Column<T> gauge(String name, @Nullable String unit, String description, ToDoubleFunction<T> value) {
        return new Column<>(name, unit, description, false, value);
    }

    static <T> Column<T> counter(String name, @Nullable String unit, String description, ToDoubleFunction<T> value) {
        return new Column<>(name, unit, description, true, value);
    }

    /** The same number of what contains the thing, with a name that begins with {@code prefix}. */
    <W> Column<W> of(String prefix, Function<W, T> part) {
        return new Column<>(prefix + name, unit, description, counts, whole -> value.applyAsDouble(part.apply(whole)));
    }
}
