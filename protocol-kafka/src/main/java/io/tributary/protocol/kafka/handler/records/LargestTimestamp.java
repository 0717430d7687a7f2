package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Partition;
import io.tributary.core.api.TimestampLookup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the first record with a partition's largest timestamp by halving the time: at most 64 look-ups in the core's time index. */
final class LargestTimestamp {
    private final Partition partition;

    LargestTimestamp(Partition partition) {
        this.partition = partition;
    }

    CompletionStage<TimestampLookup> find() {
        return partition.lookUpTimestamp(0).thenCompose(first -> first.found() ? narrow(first, Long.MAX_VALUE) : done(first));
    }

    /** No record is later than {@code high}. */
    private CompletionStage<TimestampLookup> narrow(TimestampLookup best, long high) {
        if (best.timestamp() >= high) {
            return done(best);
        }
        long middle = best.timestamp() + 1 + (high - best.timestamp() - 1) / 2;
        return partition.lookUpTimestamp(middle).thenCompose(found -> found.found() ? narrow(found, high) : narrow(best, middle - 1));
    }

    private static CompletionStage<TimestampLookup> done(TimestampLookup lookup) {
        return CompletableFuture.completedFuture(lookup);
    }
}
