package io.tributary.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tributary.core.api.Schedule;
import java.util.concurrent.TimeUnit;

/** The delayed records: waiting now and how late the first is; fired, cancelled and dropped since the start. */
public final class ScheduleMetrics implements MeterBinder {
    private final Schedule schedule;

    public ScheduleMetrics(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("tributary.schedule.waiting", schedule, Schedule::count)
            .description("Records that wait for their time").register(registry);
        TimeGauge.builder("tributary.schedule.late", schedule, TimeUnit.MILLISECONDS, of -> of.stats().lateMs())
            .description("How long the first record that waits has been due").register(registry);
        FunctionCounter.builder("tributary.schedule.fired", schedule, of -> of.stats().fired())
            .description("Records that were appended to their topic when due").register(registry);
        FunctionCounter.builder("tributary.schedule.cancelled", schedule, of -> of.stats().cancelled())
            .description("Records whose waiting was ended").register(registry);
        FunctionCounter.builder("tributary.schedule.dropped", schedule, of -> of.stats().dropped())
            .description("Records that were due when their topic no longer existed, or no longer took them").register(registry);
    }
}
