package io.tributary.core.log;

import io.tributary.core.api.stats.LogStats;
import io.tributary.core.stats.MovingRates;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What one log has taken and given since the process began. */
final class LogActivity {
    private static final int APPENDED_RECORDS = 0;
    private static final int APPENDED_BYTES = 1;
    private static final int READ_BYTES = 2;
    private static final int COUNTERS = 3;

    /** Offsets have no gaps when they are given, so that what was appended need not be counted. */
    private final long firstEnd;
    /** Written by the log's thread alone. */
    private final AtomicLong writtenBytes = new AtomicLong();
    private final LongAdder readBytes = new LongAdder();
    private volatile @Nullable MovingRates rates;

    LogActivity(LogState state) {
        firstEnd = state.highWatermark();
    }

    /** On the log's thread. */
    void written(long bytes) {
        writtenBytes.lazySet(writtenBytes.getPlain() + bytes);
    }

    /** On any thread. */
    void read(long bytes) {
        readBytes.add(bytes);
    }

    private long[] counters(LogState state) {
        return new long[] {Math.max(0, state.highWatermark() - firstEnd), writtenBytes.get(), readBytes.sum()};
    }

    /** Notes the counters for the rates; on one thread, every {@link MovingRates#PERIOD_NANOS}. */
    void sample(LogState state, long nowNanos) {
        long[] now = counters(state);
        MovingRates moving = rates;
        if (moving == null && now[APPENDED_RECORDS] + now[APPENDED_BYTES] + now[READ_BYTES] > 0) {
            moving = new MovingRates(COUNTERS, nowNanos - MovingRates.PERIOD_NANOS);
            rates = moving;
        }
        if (moving != null) {
            moving.sample(nowNanos, now);
        }
    }

    LogStats stats(LogState state, long nowNanos) {
        long[] now = counters(state);
        MovingRates moving = rates;
        return new LogStats(Math.max(0, state.highWatermark() - state.startOffset()), state.sizeInBytes(), now[APPENDED_RECORDS],
            now[APPENDED_BYTES], now[READ_BYTES], MovingRates.rate(moving, APPENDED_RECORDS, nowNanos, now[APPENDED_RECORDS]),
            MovingRates.rate(moving, APPENDED_BYTES, nowNanos, now[APPENDED_BYTES]),
            MovingRates.rate(moving, READ_BYTES, nowNanos, now[READ_BYTES]));
    }
}
