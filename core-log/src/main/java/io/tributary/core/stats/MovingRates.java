package io.tributary.core.stats;

import io.tributary.core.api.stats.Rate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What some counters were in the last minute, and from that how fast they grow. Takes about a kilobyte while they change, and one sample
 * a minute after they last did.
 */
public final class MovingRates {
    /** Between samples. */
    public static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final double NANOS_PER_SECOND = 1e9;

    private ArrayDeque<Sample> samples = new ArrayDeque<>(1);

    private record Sample(long nanos, long[] values) {
    }

    /** Counters that have been zero up to now. */
    public MovingRates(int counters, long nowNanos) {
        samples.add(new Sample(nowNanos, new long[counters]));
    }

    /** Notes what the counters are; to be called every {@link #PERIOD_NANOS}. */
    public synchronized void sample(long nowNanos, long[] values) {
        Sample sample = new Sample(nowNanos, values.clone());
        if (Arrays.equals(samples.getFirst().values(), values)) {
            // All between are the same: before this one nothing has happened for as long as rates look back, or ever.
            samples = new ArrayDeque<>(1);
        }
        samples.add(sample);
        while (samples.size() > 1 && nowNanos - second().nanos() >= LONG_NANOS) {
            samples.removeFirst();
        }
    }

    private Sample second() {
        return samples.stream().skip(1).findFirst().orElseThrow();
    }

    private synchronized Rate of(int counter, long nowNanos, long value) {
        return new Rate(over(SHORT_NANOS, counter, nowNanos, value), over(LONG_NANOS, counter, nowNanos, value));
    }

    private double over(long window, int counter, long nowNanos, long value) {
        Sample base = samples.getFirst();
        for (Sample sample : samples) {
            if (nowNanos - sample.nanos() >= window) {
                base = sample;
            }
        }
        // Before the first sample nothing happened.
        long elapsed = Math.max(window, nowNanos - base.nanos());
        return Math.max(0, value - base.values()[counter]) * NANOS_PER_SECOND / elapsed;
    }

    /**
     * How fast a counter grows that now has this value.
     *
     * @param rates null when none was made yet, because all were zero when somebody last looked
     */
    public static Rate rate(@Nullable MovingRates rates, int counter, long nowNanos, long value) {
        return rates != null ? rates.of(counter, nowNanos, value)
            : new Rate(value * NANOS_PER_SECOND / SHORT_NANOS, value * NANOS_PER_SECOND / LONG_NANOS);
    }
}
