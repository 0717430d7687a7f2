package io.tributary.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tributary.core.store.object.TierStatus;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the broker stores in its object store and reads from it; nothing when it has none. */
public final class TierMetrics implements MeterBinder {
    private final Supplier<@Nullable TierStatus> status;

    /** Metrics of a tier's status, null for a broker without one. */
    public TierMetrics(Supplier<@Nullable TierStatus> status) {
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (status.get() == null) {
            return;
        }
        gauge(registry, "available", "1 when the object store answered when it was last asked", tier -> tier.available() ? 1 : 0);
        gauge(registry, "waiting.uploads", "Segments that are being stored or wait for it", TierStatus::waitingUploads);
        gauge(registry, "waiting.deletes", "Objects that are to be deleted", TierStatus::waitingDeletes);
        gauge(registry, "cache.bytes", "In the files of the cache", TierStatus::cacheBytes);
        counter(registry, "uploaded.bytes", "Of segments stored", TierStatus::uploadedBytes);
        counter(registry, "fetched.bytes", "Read back", TierStatus::fetchedBytes);
        counter(registry, "failed.uploads", "Tried again later", TierStatus::failedUploads);
        counter(registry, "failed.reads", "The store did not answer, or the object is missing or damaged", TierStatus::failedReads);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<TierStatus> value) {
        Gauge.builder("tributary.tier." + name, this, metrics -> metrics.now(value)).description(description).register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<TierStatus> value) {
        FunctionCounter.builder("tributary.tier." + name, this, metrics -> metrics.now(value)).description(description).register(registry);
    }

    private double now(ToDoubleFunction<TierStatus> value) {
        TierStatus now = status.get();
        return now == null ? 0 : value.applyAsDouble(now);
    }
}
