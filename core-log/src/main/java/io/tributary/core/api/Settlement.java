package io.tributary.core.api;

/** How a consumer settles a delivery. */
public enum Settlement {
    /** Done with it. */
    ACK,
    /** Deliver it again, from its original place. */
    REQUEUE,
    /** Not wanted; drop it (or pass it to a dead-letter target where there is one). */
    REJECT,
    /** Give it back as if it had never been delivered: the delivery count stays. */
    RELEASE
}
