package io.tributary.core.subscription.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that runs tasks in the order in which they were given, and timers between them. Once closed, tasks run on the thread that
 * gives them, one at a time: they find their actor closed and fail what they were to complete.
 */
public final class DispatchLoop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchLoop.class);
    private static final int CHUNK = 1024;
    /** Tasks that run before timers are looked at. */
    private static final int BATCH = 256;

    private final MpscUnboundedArrayQueue<Runnable> mailbox = new MpscUnboundedArrayQueue<>(CHUNK);
    private final LongSupplier clock;
    private final TimerWheel timers;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Object afterClose = new Object();
    private volatile boolean parked;
    private volatile boolean terminated;
    private volatile boolean halted;

    /**
     * Starts the thread.
     *
     * @param clock nanoseconds from any origin, never going back
     */
    public DispatchLoop(String name, LongSupplier clock) {
        this.clock = clock;
        timers = new TimerWheel(clock.getAsLong());
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The loop's timers, for its own thread. */
    public TimerWheel timers() {
        return timers;
    }

    public long nanoTime() {
        return clock.getAsLong();
    }

    @Override
    public void execute(Runnable task) {
        mailbox.offer(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (terminated) {
            drainAfterClose();
        }
    }

    /** Lets the thread look at its clock, as a task among others; for clocks that are set. */
    public void wakeUp() {
        execute(() -> timers.advance(clock.getAsLong(), DispatchLoop::logFailure));
    }

    /** Runs what was given before, stops the thread and waits for its end. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            wakeUp();
        }
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the thread after the task at hand; what else was given never runs. */
    public void halt() {
        halted = true;
        close();
    }

    private void run() {
        while (!halted) {
            for (int i = 0; i < BATCH && !halted; i++) {
                Runnable task = mailbox.poll();
                if (task == null) {
                    break;
                }
                runSafely(task);
            }
            if (halted) {
                return;
            }
            long now = clock.getAsLong();
            timers.advance(now, DispatchLoop::logFailure);
            if (!mailbox.isEmpty()) {
                continue;
            }
            if (closing.get()) {
                terminated = true;
                drainAfterClose();
                return;
            }
            sleep(timers.untilNext(now));
        }
    }

    private void sleep(long nanos) {
        parked = true;
        // The producer publishes its index before it reads "parked": one of the two sees the other.
        if (mailbox.isEmpty() && !closing.get()) {
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, nanos));
            }
        }
        parked = false;
    }

    private void drainAfterClose() {
        synchronized (afterClose) {
            for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
                runSafely(task);
            }
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            logFailure(e);
        }
    }

    private static void logFailure(Throwable failure) {
        LOG.error("A task of a dispatch loop failed", failure);
    }
}
