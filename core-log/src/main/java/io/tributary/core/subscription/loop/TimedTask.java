package io.tributary.core.subscription.loop;

/** A task that is due at a time. */
public final class TimedTask extends Timeout {
    private final Runnable action;

    public TimedTask(Runnable action) {
        this.action = action;
    }

    @Override
    protected void expire() {
        action.run();
    }
}
