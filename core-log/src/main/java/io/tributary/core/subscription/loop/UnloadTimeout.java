package io.tributary.core.subscription.loop;

/** Runs when a subscription has been without consumers for a while. */
public final class UnloadTimeout extends Timeout {
    private final Runnable action;

    public UnloadTimeout(Runnable action) {
        this.action = action;
    }

    @Override
    protected void expire() {
        action.run();
    }
}
