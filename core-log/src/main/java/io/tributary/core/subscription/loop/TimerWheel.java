package io.tributary.core.subscription.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hashed wheel of timeouts: starting and stopping one costs the same for any number of them. For one thread. Times are those of
 * {@link System#nanoTime}, or of whatever clock its owner uses.
 */
public final class TimerWheel {
    /** Timeouts are late by up to one tick. */
    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int SLOTS = 512;

    private final @Nullable Timeout[] slots = new Timeout[SLOTS];
    /** The first tick that is not yet processed. */
    private long tick;
    private int size;

    public TimerWheel(long nowNanos) {
        tick = tickOf(nowNanos) + 1;
    }

    /** Starts the timeout, or gives it a new due time. */
    public void schedule(Timeout timeout, long dueNanos) {
        cancel(timeout);
        timeout.dueNanos = dueNanos;
        // Rounded up, so that it is never early; what is due already waits for the next tick.
        int slot = (int) Math.floorMod(Math.max(tick, tickOf(dueNanos - 1) + 1), (long) SLOTS);
        timeout.wheel = this;
        timeout.slot = slot;
        timeout.previous = null;
        timeout.next = slots[slot];
        if (timeout.next != null) {
            timeout.next.previous = timeout;
        }
        slots[slot] = timeout;
        size++;
    }

    /** Stops the timeout if it waits in a wheel. */
    public static void cancel(Timeout timeout) {
        TimerWheel wheel = timeout.wheel;
        if (wheel == null) {
            return;
        }
        if (timeout.previous == null) {
            wheel.slots[timeout.slot] = timeout.next;
        } else {
            timeout.previous.next = timeout.next;
        }
        if (timeout.next != null) {
            timeout.next.previous = timeout.previous;
        }
        timeout.previous = null;
        timeout.next = null;
        timeout.wheel = null;
        wheel.size--;
    }

    /** Runs what is due, in no order; a timeout that fails is passed to {@code failures} and the others go on. */
    public void advance(long nowNanos, Consumer<Throwable> failures) {
        long last = tickOf(nowNanos);
        if (last < tick) {
            return;
        }
        // After a long pause each slot is looked at once.
        long ticks = size == 0 ? 0 : Math.min(last - tick + 1, SLOTS);
        tick = last + 1;
        if (ticks == 0) {
            return;
        }
        List<Timeout> due = new ArrayList<>();
        for (long i = 0; i < ticks; i++) {
            int slot = (int) Math.floorMod(last - i, (long) SLOTS);
            for (Timeout timeout = slots[slot]; timeout != null; timeout = timeout.next) {
                if (timeout.dueNanos - nowNanos <= 0) {
                    due.add(timeout);
                }
            }
        }
        for (Timeout timeout : due) {
            // One that ran before may have stopped it or given it more time.
            if (timeout.wheel == this && timeout.dueNanos - nowNanos <= 0) {
                cancel(timeout);
                try {
                    timeout.expire();
                } catch (RuntimeException | Error e) {
                    failures.accept(e);
                }
            }
        }
    }

    /** How long the thread may sleep: nanoseconds, or {@link Long#MAX_VALUE} without timeouts. */
    public long untilNext(long nowNanos) {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        for (int i = 0; i < SLOTS; i++) {
            if (slots[(int) Math.floorMod(tick + i, (long) SLOTS)] != null) {
                return (tick + i) * TICK_NANOS - nowNanos;
            }
        }
        throw new IllegalStateException("a wheel that has timeouts has one in a slot");
    }

    public int size() {
        return size;
    }

    private static long tickOf(long nanos) {
        return Math.floorDiv(nanos, TICK_NANOS);
    }
}
