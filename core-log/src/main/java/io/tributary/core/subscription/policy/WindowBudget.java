package io.tributary.core.subscription.policy;

/**
 * The memory that the subscriptions of one loop hold together: what waits in their windows and what is delivered. The size of a record
 * counts for each that holds it, also where they share it. Used on the loop.
 */
public final class WindowBudget {
    /** A subscription may hold so much in any case, so that those that hold much stall nobody else. */
    public static final long LEAST_BYTES = 64 << 10;
    /** What an entry takes beside its record, roughly. */
    private static final int ENTRY_BYTES = 112;

    private final long total;
    private long used;

    /**
     * Nothing is held yet.
     *
     * @param total bytes
     */
    public WindowBudget(long total) {
        this.total = total;
    }

    /** What one subscription holds of it. */
    public final class Share {
        private long held;

        /** It now holds so many entries, and records of this size with them. */
        public void hold(long entries, long recordBytes) {
            long now = entries * ENTRY_BYTES + recordBytes;
            used += now - held;
            held = now;
        }

        /** Whether it may take one more. */
        public boolean hasRoom() {
            return used < total || held < LEAST_BYTES;
        }
    }

    public Share share() {
        return new Share();
    }

    public long used() {
        return used;
    }
}
