package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the object store answers: told once when it ceases to and once when it does again, and asked whether to try. */
final class Outage {
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final long MAX_PAUSE_MS = 60_000;
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private long pauseMs;
    private long untilMs;

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    synchronized boolean isOn() {
        return pauseMs > 0;
    }

    /** Whether what can wait should be tried now. */
    synchronized boolean mayTry() {
        return pauseMs == 0 || now() >= untilMs;
    }

    synchronized void failed(BrokerException failure) {
        if (pauseMs == 0) {
            LOG.warn("the object store fails; what is to be stored there stays in local files meanwhile: {}", failure.getMessage());
        } else if (now() < untilMs) {
            return;
        }
        pauseMs = pauseMs == 0 ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, 2 * pauseMs);
        untilMs = now() + pauseMs;
    }

    synchronized void over() {
        if (pauseMs > 0) {
            LOG.info("the object store works again");
        }
        pauseMs = 0;
    }
}
