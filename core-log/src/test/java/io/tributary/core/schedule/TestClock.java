package io.tributary.core.schedule;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until it is moved. */
final class TestClock implements InstantSource {
    static final long START_MS = 1_800_000_000_000L;

    private final AtomicLong now = new AtomicLong(START_MS);

    void set(long ms) {
        now.set(ms);
    }

    void move(long ms) {
        now.addAndGet(ms);
    }

    @Override
    public long millis() {
        return now.get();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now.get());
    }
}
