package io.tributary.core.subscription.policy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;

/**
 * What bounds a subscription's memory, and how often its acknowledgements are written.
 *
 * @param windowEntries records that wait in memory for a consumer; what is beyond stays in the log
 * @param windowBytes   the size of the records held, waiting or delivered; a delivered record beyond it is read again if it comes back
 * @param flushInterval acknowledgements younger than this may be lost when the process is killed
 * @param unloadDelay   a subscription without consumers gives its window back after this time
 */
public record SubscriptionLimits(int windowEntries, int windowBytes, Duration flushInterval, Duration unloadDelay) {
    public static final SubscriptionLimits DEFAULT = new SubscriptionLimits(10_000, 8 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public SubscriptionLimits {
        if (windowEntries < 1 || windowBytes < 1 || flushInterval.isNegative() || unloadDelay.isNegative()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a subscription's limits are positive");
        }
    }
}
