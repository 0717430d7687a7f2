package io.tributary.protocol.amqp.session;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Carries events from any thread to the connection's event loop, in their order, with one task for all that arrived meanwhile. What
 * bounds it is the credit given to the core and the publications under way.
 */
final class Mailbox {
    private static final int EVENTS_PER_TURN = 512;

    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Executor eventLoop;
    private final Runnable endOfTurn;

    Mailbox(Executor eventLoop, Runnable endOfTurn) {
        this.eventLoop = eventLoop;
        this.endOfTurn = endOfTurn;
    }

    /** From any thread. */
    void post(Runnable event) {
        events.add(event);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::turn);
            } catch (RejectedExecutionException loopIsGone) {
                events.clear();
            }
        }
    }

    private void turn() {
        scheduled.set(false);
        for (int i = 0; i < EVENTS_PER_TURN; i++) {
            Runnable event = events.poll();
            if (event == null) {
                break;
            }
            event.run();
        }
        endOfTurn.run();
        if (!events.isEmpty()) {
            schedule();
        }
    }
}
