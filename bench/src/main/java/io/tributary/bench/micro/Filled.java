package io.tributary.bench.micro;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A log of some megabytes. */
@State(Scope.Benchmark)
public class Filled {
    private static final int BATCHES = 128;
    private static final int RECORDS_A_BATCH = 62;
    private static final int RECORD_BYTES = 1024;

    private @Nullable BrokerState state;

    /** Appends what is then read. */
    @Setup(Level.Iteration)
    public void fill(BrokerState broker) {
        state = broker;
        for (int i = 0; i < BATCHES; i++) {
            broker.partition().append(Batches.of(RECORDS_A_BATCH, RECORD_BYTES)).durable().toCompletableFuture().join();
        }
    }

    BrokerState state() {
        if (state == null) {
            throw new IllegalStateException("not set up");
        }
        return state;
    }
}
