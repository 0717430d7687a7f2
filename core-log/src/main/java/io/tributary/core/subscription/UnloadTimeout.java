package io.tributary.core.subscription;

import io.tributary.core.subscription.loop.Timeout;

/** Runs when a subscription has been without consumers for a while. */
final class UnloadTimeout extends Timeout {
    private final Runnable action;

    UnloadTimeout(Runnable action) {
        this.action = action;
    }

    @Override
    protected void expire() {
        action.run();
    }
}
