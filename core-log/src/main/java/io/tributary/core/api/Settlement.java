package io.tributary.core.api;

/** How a consumer settles a delivery. */
public enum Settlement {
    /** Done with it. */
    ACK,
    /** Deliver it again, from its original place. */
    REQUEUE,
    /** Not wanted: it goes to the subscription's dead-letter target, or is dropped where there is none. */
    REJECT,
    /** Give it back as if it had never been delivered: the delivery count stays. */
    RELEASE
}
