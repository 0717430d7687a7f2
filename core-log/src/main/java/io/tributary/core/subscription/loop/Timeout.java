package io.tributary.core.subscription.loop;

import org.jspecify.annotations.Nullable;

/** Something that may be due at a time; its own node in the wheel, so that starting and stopping it allocates nothing. */
public abstract class Timeout {
    long dueNanos;
    @Nullable TimerWheel wheel;
    @Nullable Timeout previous;
    @Nullable Timeout next;
    int slot;

    /** Runs once on the loop's thread, at or a little after the due time. */
    protected abstract void expire();

    /** Whether it waits for its time. */
    public final boolean isScheduled() {
        return wheel != null;
    }
}
