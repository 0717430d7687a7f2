package io.tributary.protocol.amqp.session;

/**
 * How many deliveries may be under way from the core to the socket for one consumer, so that they hold about {@link #TARGET_BYTES} of
 * memory whatever their size.
 */
final class CreditWindow {
    static final int TARGET_BYTES = 1 << 20;
    static final int MAX = 1000;

    private static final int FIRST = 32;
    private static final int MIN = 2;
    private static final int PER_DELIVERY = 256;

    private int averageBytes = TARGET_BYTES / FIRST;

    /** Learns a delivery's size; growth counts at once, shrinking slowly. */
    void observe(int bytes) {
        int cost = bytes + PER_DELIVERY;
        averageBytes = cost > averageBytes ? cost : averageBytes - (averageBytes - cost) / 8;
    }

    int size() {
        return Math.max(MIN, Math.min(MAX, TARGET_BYTES / Math.max(1, averageBytes)));
    }
}
