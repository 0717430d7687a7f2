package io.tributary.core.subscription.loop;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.PartitionId;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits longer after each failed read in a row, and logs the first of them only. */
public final class ReadRetry extends Timeout {
    private static final Logger LOG = LoggerFactory.getLogger(ReadRetry.class);
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DispatchLoop loop;
    private final Runnable again;
    private long delay = FIRST_NANOS;
    private boolean failing;

    public ReadRetry(DispatchLoop loop, Runnable again) {
        this.loop = loop;
        this.again = again;
    }

    public void failed(PartitionId partition, BrokerException failure) {
        if (!failing) {
            failing = true;
            LOG.warn("Cannot read {}; trying again until it works", partition, failure);
        }
        loop.timers().schedule(this, loop.nanoTime() + delay);
        delay = Math.min(LONGEST_NANOS, delay * 2);
    }

    public void succeeded() {
        if (failing) {
            failing = false;
            delay = FIRST_NANOS;
        }
    }

    @Override
    protected void expire() {
        again.run();
    }
}
