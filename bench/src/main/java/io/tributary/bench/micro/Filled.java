package io.tributary.bench.micro;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A log to whose end some megabytes were added while a reader was there, so that they are in memory. */
@State(Scope.Benchmark)
public class Filled {
    private static final int BATCHES = 128;
    private static final int RECORDS_A_BATCH = 62;
    private static final int RECORD_BYTES = 1024;

    private @Nullable BrokerState state;
    private long from;

    /** Appends what is then read. */
    @Setup(Level.Iteration)
    public void fill(BrokerState broker) {
        state = broker;
        from = broker.partition().highWatermark();
        broker.partition().read(from, 1).toCompletableFuture().join();
        for (int i = 0; i < BATCHES; i++) {
            broker.partition().append(Batches.of(RECORDS_A_BATCH, RECORD_BYTES)).durable().toCompletableFuture().join();
        }
    }

    /** The first offset of what was added last. */
    long from() {
        return from;
    }

    BrokerState state() {
        if (state == null) {
            throw new IllegalStateException("not set up");
        }
        return state;
    }
}
