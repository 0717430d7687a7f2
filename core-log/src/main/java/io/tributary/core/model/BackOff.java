package io.tributary.core.model;

import java.time.Duration;

/**
 * How long a record waits, at its place in the subscription, after a consumer gave it back: {@code min} the first time, twice as long each
 * time after, and never more than {@code max}.
 *
 * @param min 1 ms or more
 * @param max {@code min} to 24 hours
 */
public record BackOff(Duration min, Duration max) {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int MAX_DOUBLINGS = 30;

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public BackOff {
        DeliveryPolicy.check(!min.isNegative() && min.toMillis() > 0 && min.compareTo(max) <= 0 && max.compareTo(LONGEST) <= 0,
            "a back-off goes from 1 ms or more to 24 hours or less");
    }

    /**
     * The wait after a delivery was given back.
     *
     * @param deliveries so far, 1 or more
     */
    public Duration after(int deliveries) {
        int doublings = Math.max(0, Math.min(MAX_DOUBLINGS, deliveries - 1));
        long millis = Math.min(max.toMillis(), min.toMillis() << doublings);
        return Duration.ofMillis(millis);
    }
}
