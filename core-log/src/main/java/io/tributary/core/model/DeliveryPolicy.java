package io.tributary.core.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a queue subscription hands out its records, and what ends them.
 *
 * @param messageTtl    a record expires this long after its timestamp, or earlier if its own {@link HeaderNames#EXPIRATION} says so; zero
 *                      for one that no consumer takes at once; null for no limit of the subscription's
 * @param expires       the subscription is deleted after this time without a consumer or another use; null for never
 * @param maxDeliveries a record that comes back after this many deliveries ends; 0 for no limit
 * @param deadLetter    takes a copy of each record that ends unacknowledged; null for none
 * @param backOff       how long a record waits that a consumer gives back; null for not at all
 * @param maxPriority   of the records that are ready those of a higher {@link HeaderNames#PRIORITY} come first, whatever the order of the
 *                      log; what is above counts as this, what is none as 0. At most 255; 0 for the order of the log alone
 */
public record DeliveryPolicy(@Nullable Duration messageTtl, @Nullable Duration expires, int maxDeliveries,
                             @Nullable DeadLetterTarget deadLetter, Dispatch dispatch, @Nullable BackOff backOff, int maxPriority) {
    /** The longest of the times. */
    public static final Duration MAX_TIME = Duration.ofDays(36_500);
    /** The highest priority there is. */
    public static final int HIGHEST_PRIORITY = 255;
    public static final DeliveryPolicy NONE = new DeliveryPolicy(null, null, 0, null, Dispatch.FAIR, null, 0);

    /** Who gets the next record. */
    public enum Dispatch {
        /** The consumers in turn. */
        FAIR,
        /** The consumers in turn, but all of one key to the same consumer while it holds any of them, in order. */
        BY_KEY,
        /** One consumer, until it goes: the first of those with the highest priority. */
        SINGLE_ACTIVE
    }

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public DeliveryPolicy {
        check(messageTtl == null || isTime(messageTtl), "a message TTL is 0 to " + MAX_TIME.toDays() + " days");
        check(expires == null || isTime(expires) && expires.toMillis() > 0, "a subscription expires after 1 ms to " + MAX_TIME.toDays()
            + " days");
        check(maxDeliveries >= 0, "a limit of deliveries is 0, for none, or more");
        check(maxPriority >= 0 && maxPriority <= HIGHEST_PRIORITY, "a highest priority is 0, for none, to " + HIGHEST_PRIORITY);
        check(maxPriority == 0 || dispatch != Dispatch.BY_KEY, "records of a key cannot keep their order and go by their priority");
    }

    /** Whether it asks for anything beside what every subscription does. */
    public boolean isNone() {
        return equals(NONE);
    }

    public DeliveryPolicy withMessageTtl(@Nullable Duration value) {
        return new DeliveryPolicy(value, expires, maxDeliveries, deadLetter, dispatch, backOff, maxPriority);
    }

    public DeliveryPolicy withExpires(@Nullable Duration value) {
        return new DeliveryPolicy(messageTtl, value, maxDeliveries, deadLetter, dispatch, backOff, maxPriority);
    }

    public DeliveryPolicy withMaxDeliveries(int value) {
        return new DeliveryPolicy(messageTtl, expires, value, deadLetter, dispatch, backOff, maxPriority);
    }

    public DeliveryPolicy withDeadLetter(@Nullable DeadLetterTarget value) {
        return new DeliveryPolicy(messageTtl, expires, maxDeliveries, value, dispatch, backOff, maxPriority);
    }

    public DeliveryPolicy withDispatch(Dispatch value) {
        return new DeliveryPolicy(messageTtl, expires, maxDeliveries, deadLetter, value, backOff, maxPriority);
    }

    public DeliveryPolicy withBackOff(@Nullable BackOff value) {
        return new DeliveryPolicy(messageTtl, expires, maxDeliveries, deadLetter, dispatch, value, maxPriority);
    }

    public DeliveryPolicy withMaxPriority(int value) {
        return new DeliveryPolicy(messageTtl, expires, maxDeliveries, deadLetter, dispatch, backOff, value);
    }

    static boolean isTime(Duration time) {
        return !time.isNegative() && time.compareTo(MAX_TIME) <= 0;
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
        }
    }
}
