package io.tributary.protocol.kafka.quota;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.stats.Rate;

/**
 * The rate of one client, or of those that share a quota, over eleven windows of a second (quota.window.num, quota.window.size.seconds), by
 * Kafka's own measure: ten full seconds count even if the client has only just begun, so that a short burst passes.
 */
final class RateMeter {
    static final int WINDOWS = 11;
    private static final int WINDOW_SECONDS = 1;

    private final MetricConfig config = new MetricConfig().samples(WINDOWS).timeWindow(WINDOW_SECONDS, TimeUnit.SECONDS);
    private final Rate rate = new Rate();

    /**
     * Counts an amount.
     *
     * @return for how many milliseconds nothing more is to come, so that the rate is the quota again; 0 within it
     */
    synchronized long record(double amount, double quota, long nowMs) {
        rate.record(config, amount, nowMs);
        double measured = rate.measure(config, nowMs);
        if (measured <= quota) {
            return 0;
        }
        double windowMs = rate.windowSize(config, nowMs);
        return (long) Math.min(Math.ceil((measured - quota) / quota * windowMs), Integer.MAX_VALUE);
    }
}
