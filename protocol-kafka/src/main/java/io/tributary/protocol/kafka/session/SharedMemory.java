package io.tributary.protocol.kafka.session;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what the requests and the unsent responses of all connections take together. What is large waits while it would not fit; what is
 * small goes on until twice as much is taken, so that those who hold much are not in the way of those who ask for little. For what is large
 * of those who are not known yet there is half of it. The bounds are kept roughly: several event loops may look at the same room. Safe on
 * any thread.
 */
final class SharedMemory {
    /** What is no larger is small. */
    static final int SMALL = 64 << 10;
    /** Nor is a usual login. */
    private static final int SMALL_LOGIN = 8 << 10;
    /** Who waits is asked again each time when so much of the whole has come back. */
    private static final int STEPS = 16;

    private final long capacity;
    private final AtomicLong used = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Nothing is taken yet. */
    SharedMemory(long capacity) {
        this.capacity = capacity;
    }

    /** The most that a frame, and what is made of it, may ever take each, in bytes: so that they fit when there is nothing else. */
    long largest() {
        return capacity / 2;
    }

    /** Bytes that are taken. */
    long used() {
        return used.get();
    }

    /** Whether those who hold some of it should be held to short times. */
    boolean isShort() {
        return used.get() > capacity / 2;
    }

    /** Whether so many bytes may be taken now. */
    boolean hasRoom(long bytes, boolean known) {
        long after = used.get() + bytes;
        if (!known && bytes > SMALL_LOGIN) {
            return after <= capacity / 2;
        }
        return bytes <= SMALL ? after <= 2 * capacity : after <= capacity;
    }

    /** Takes, whether there is room or not. */
    void take(long bytes) {
        used.addAndGet(bytes);
    }

    /** Gives back, and wakes those who wait if it is time to ask again. */
    void give(long bytes) {
        if (bytes == 0) {
            return;
        }
        long after = used.addAndGet(-bytes);
        long step = Math.max(1, capacity / STEPS);
        if (after / step < (after + bytes) / step || after == 0) {
            wake();
        }
    }

    private void wake() {
        for (int left = waiting.size(); left > 0; left--) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /** Calls once, on any thread, when it is worth asking again. */
    void awaitRoom(Runnable ask) {
        waiting.add(ask);
        if (used.get() == 0) {
            wake();
        }
    }
}
