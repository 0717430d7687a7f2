package io.tributary.core.subscription.stats;

import io.tributary.core.api.stats.Rate;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionRates;
import io.tributary.core.stats.MovingRates;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's counters. Counting is for its loop's thread alone and is a plain store that others see a little later. Before the
 * first a tally takes 48 bytes, then about 120, and with rates another kilobyte while they change.
 */
public final class Tally {
    private static final Counter[] COUNTERS = Counter.values();

    private volatile @Nullable AtomicLongArray counts;
    private volatile @Nullable MovingRates rates;
    /** The highest number of published records that anybody was told. */
    private final AtomicLong publishedTold = new AtomicLong();

    public void count(Counter counter) {
        add(counter, 1);
    }

    public void add(Counter counter, long number) {
        if (number == 0) {
            return;
        }
        AtomicLongArray now = counts;
        if (now == null) {
            now = new AtomicLongArray(COUNTERS.length);
            counts = now;
        }
        int index = counter.index;
        now.lazySet(index, now.getPlain(index) + number);
    }

    /** On any thread. */
    public long get(Counter counter) {
        AtomicLongArray now = counts;
        return now == null ? 0 : now.get(counter.index);
    }

    /**
     * The counts; on any thread.
     *
     * @param undecided published records that nobody has looked at yet
     */
    public SubscriptionCounts counts(long undecided) {
        // What is passed over because it holds no record must not make the number smaller.
        long published = publishedTold.accumulateAndGet(get(Counter.PUBLISHED) + undecided, Math::max);
        return new SubscriptionCounts(published, get(Counter.DELIVERED), get(Counter.REDELIVERED), get(Counter.ACKNOWLEDGED),
            get(Counter.DEAD_LETTERED), get(Counter.EXPIRED), get(Counter.DROPPED));
    }

    /** Notes the counters for the rates; on one thread, which need not be the loop's, every {@link MovingRates#PERIOD_NANOS}. */
    public void sample(long nowNanos) {
        AtomicLongArray now = counts;
        if (now == null) {
            return;
        }
        MovingRates moving = rates;
        if (moving == null) {
            moving = new MovingRates(COUNTERS.length, nowNanos - MovingRates.PERIOD_NANOS);
            rates = moving;
        }
        long[] values = new long[COUNTERS.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = now.get(i);
        }
        moving.sample(nowNanos, values);
    }

    /**
     * The rates.
     *
     * @param published where that is not counted as it happens, how fast it is; else null
     */
    public SubscriptionRates rates(long nowNanos, @Nullable Rate published) {
        return new SubscriptionRates(published == null ? rate(Counter.PUBLISHED, nowNanos) : published, rate(Counter.DELIVERED, nowNanos),
            rate(Counter.REDELIVERED, nowNanos), rate(Counter.ACKNOWLEDGED, nowNanos));
    }

    private Rate rate(Counter counter, long nowNanos) {
        return MovingRates.rate(rates, counter.index, nowNanos, get(counter));
    }
}
