package io.tributary.core.subscription.policy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;

/**
 * What bounds a subscription's memory, and how often its acknowledgements are written.
 *
 * @param windowEntries records that wait in memory for a consumer; what is beyond stays in the log
 * @param windowBytes   the size of the records held, waiting or delivered; a delivered record beyond it is read again if it comes back
 * @param totalBytes    what all subscriptions hold together; once it is used up, each may still hold {@link WindowBudget#LEAST_BYTES}
 * @param flushInterval acknowledgements younger than this may be lost when the process is killed
 * @param unloadDelay   a subscription without consumers gives its window back after this time
 */
public record SubscriptionLimits(int windowEntries, int windowBytes, long totalBytes, Duration flushInterval, Duration unloadDelay) {
    /** Of the heap all subscriptions together may hold one part in so many. */
    private static final int HEAP_PARTS = 8;
    public static final SubscriptionLimits DEFAULT = new SubscriptionLimits(10_000, 8 << 20, Runtime.getRuntime().maxMemory() / HEAP_PARTS,
        Duration.ofMillis(50), Duration.ofSeconds(5));

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public SubscriptionLimits {
        if (windowEntries < 1 || windowBytes < 1 || totalBytes < 1 || flushInterval.isNegative() || unloadDelay.isNegative()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a subscription's limits are positive");
        }
    }
}
