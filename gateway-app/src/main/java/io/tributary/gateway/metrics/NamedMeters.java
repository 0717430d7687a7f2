package io.tributary.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Meters of things that come and go, each with the same columns. Micrometer's MultiGauge has gauges only. Not for several threads. */
final class NamedMeters<T> {
    private final MeterRegistry registry;
    private final List<Column<T>> columns = new ArrayList<>();
    private Map<Tags, Row<T>> rows = new HashMap<>();

    NamedMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void add(Column<T> column) {
        columns.add(column);
    }

    /** Shows these and no others. */
    void show(List<T> things, Function<T, Tags> tags) {
        Map<Tags, Row<T>> now = new HashMap<>();
        for (T thing : things) {
            Tags name = tags.apply(thing);
            Row<T> row = rows.remove(name);
            if (row == null) {
                row = new Row<>(thing);
                register(row, name);
            } else {
                row.thing = thing;
            }
            now.put(name, row);
        }
        rows.values().forEach(gone -> gone.meters.forEach(registry::remove));
        rows = now;
    }

    private void register(Row<T> row, Tags name) {
        for (Column<T> column : columns) {
            // The registry holds the row weakly, this the row and the meters.
            row.meters.add(column.counts()
                ? FunctionCounter.builder(column.name(), row, each -> column.value().applyAsDouble(each.thing))
                    .tags(name).description(column.description()).baseUnit(column.unit()).register(registry)
                : Gauge.builder(column.name(), row, each -> column.value().applyAsDouble(each.thing))
                    .tags(name).description(column.description()).baseUnit(column.unit()).register(registry));
        }
    }

    /** One thing as it is now. */
    private static final class Row<T> {
        private final List<Meter> meters = new ArrayList<>();
        private volatile T thing;

        Row(T thing) {
            this.thing = thing;
        }
    }
}
