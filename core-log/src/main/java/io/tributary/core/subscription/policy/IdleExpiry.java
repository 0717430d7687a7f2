package io.tributary.core.subscription.policy;

import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.loop.TimerWheel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs when a subscription has not been used for its time. A restart of the broker counts as a use. */
public final class IdleExpiry extends Timeout {
    private final DispatchLoop loop;
    /** 0 for never. */
    private final long nanos;
    private final Runnable action;

    public IdleExpiry(@Nullable Duration expires, DispatchLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
        nanos = expires == null ? 0 : expires.toNanos();
    }

    /** It was used; from now on it is not. */
    public void restart() {
        if (nanos > 0) {
            loop.timers().schedule(this, loop.nanoTime() + nanos);
        }
    }

    /** It is not used: the time runs from now on, or has been running. */
    public void start() {
        if (!isScheduled()) {
            restart();
        }
    }

    /** It is in use. */
    public void stop() {
        TimerWheel.cancel(this);
    }

    @Override
    protected void expire() {
        action.run();
    }
}
