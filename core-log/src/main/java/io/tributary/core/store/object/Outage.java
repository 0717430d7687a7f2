package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the object store does one kind of work: says once when it ceases to and once when it does again, and tells whether to try. The
 * pauses between tries grow.
 */
final class Outage {
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final String work;
    private final long maxPauseMs;
    private long pauseMs;
    private long untilMs;

    /** None yet, for work that is called so. */
    Outage(String work, long maxPauseMs) {
        this.work = work;
        this.maxPauseMs = maxPauseMs;
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    synchronized boolean isOn() {
        return pauseMs > 0;
    }

    synchronized boolean mayTry() {
        return pauseMs == 0 || now() >= untilMs;
    }

    synchronized void failed(BrokerException failure) {
        if (pauseMs == 0) {
            LOG.warn("{} fails, and is tried again: {}", work, failure.getMessage());
        } else if (now() < untilMs) {
            return;
        }
        pauseMs = pauseMs == 0 ? FIRST_PAUSE_MS : Math.min(maxPauseMs, 2 * pauseMs);
        untilMs = now() + pauseMs;
    }

    synchronized void over() {
        if (pauseMs > 0) {
            LOG.info("{} works again", work);
        }
        pauseMs = 0;
    }
}
