package io.tributary.core.schedule;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warns at most once a minute, and then tells how many warnings were kept back. For one thread. */
final class Seldom {
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private long keptBack;
    private long lastNanos = System.nanoTime() - PAUSE_NANOS;

    Seldom(Logger log) {
        this.log = log;
    }

    void warn(String message) {
        long now = System.nanoTime();
        if (now - lastNanos < PAUSE_NANOS) {
            keptBack++;
            return;
        }
        log.warn("The schedule: {} ({} more warnings since the last)", message, keptBack);
        lastNanos = now;
        keptBack = 0;
    }
}
