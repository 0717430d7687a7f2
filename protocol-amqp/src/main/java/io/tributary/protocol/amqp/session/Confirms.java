package io.tributary.protocol.amqp.session;

import java.util.Arrays;

/**
 * Publisher confirms of one channel: outcomes come in any order and are told in the order of publishing, a run of equal outcomes by one
 * frame.
 */
final class Confirms {
    private static final int INITIAL = 64;
    private static final byte PENDING = 0;
    private static final byte STORED = 1;
    private static final byte FAILED = 2;

    private byte[] outcomes = new byte[INITIAL];
    private long lowest = 1;
    private long next = 1;

    /** Tells the client about all numbers from the last told up to {@code number}. */
    interface Listener {
        void onConfirmed(long number, boolean multiple, boolean stored);
    }

    /** The number of the next publication, from 1. */
    long begin() {
        if (next - lowest == outcomes.length) {
            grow();
        }
        outcomes[slot(next)] = PENDING;
        return next++;
    }

    void end(long number, boolean stored) {
        outcomes[slot(number)] = stored ? STORED : FAILED;
    }

    /** Reports what is complete without a gap. */
    void report(Listener listener) {
        while (lowest < next && outcomes[slot(lowest)] != PENDING) {
            byte outcome = outcomes[slot(lowest)];
            long last = lowest;
            while (last + 1 < next && outcomes[slot(last + 1)] == outcome) {
                last++;
            }
            boolean multiple = last > lowest;
            lowest = last + 1;
            listener.onConfirmed(last, multiple, outcome == STORED);
        }
    }

    private int slot(long number) {
        return (int) (number & outcomes.length - 1);
    }

    private void grow() {
        byte[] old = outcomes;
        byte[] larger = Arrays.copyOf(old, old.length * 2);
        for (long number = lowest; number < next; number++) {
            larger[(int) (number & larger.length - 1)] = old[(int) (number & old.length - 1)];
        }
        outcomes = larger;
    }
}
