package io.tributary.core.subscription.backlog;

import io.tributary.core.api.Partition;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a source would take of a part of its partition: by arithmetic where a binding takes every record, otherwise by reading.
 * The source may go on meanwhile.
 */
public final class BacklogCount {
    private static final int CHUNK_RECORDS = 1024;
    private static final int CHUNK_BYTES = 512 << 10;

    private final Partition partition;
    private final Coverage coverage;
    private final @Nullable Predicate<Record> known;
    private final Executor executor;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private final long to;
    private final boolean takesAll;
    private long at;
    private long count;

    /**
     * Begins with {@link #start}.
     *
     * @param coverage what the source takes; must not change any more
     * @param known    tells of records which are not to be counted; null for none
     * @param from     inclusive
     * @param to       exclusive
     * @param executor runs all of it
     */
    public BacklogCount(Coverage coverage, @Nullable Predicate<Record> known, Partition partition, long from, long to,
                        Executor executor) {
        this.coverage = coverage;
        this.known = known;
        this.partition = partition;
        this.executor = executor;
        this.to = to;
        at = from;
        takesAll = known == null && coverage.takesAll(from, to);
    }

    /** Whether nothing need be read. */
    public boolean isKnown() {
        return takesAll || isEmpty();
    }

    private boolean isEmpty() {
        return at >= to || !coverage.touches(at, to);
    }

    /** Completes with the number. */
    public CompletionStage<Long> start() {
        if (isKnown()) {
            return CompletableFuture.completedFuture(isEmpty() ? 0L : Math.max(0, to - Math.max(at, partition.logStartOffset())));
        }
        readOn();
        return done;
    }

    private void readOn() {
        if (at >= to) {
            done.complete(count);
            return;
        }
        // Each read is its own task: counting a long backlog takes turns with everything else.
        partition.readRecords(at, CHUNK_RECORDS, CHUNK_BYTES)
            .whenComplete((records, failure) -> executor.execute(() -> arrived(records, failure)));
    }

    private void arrived(@Nullable List<Record> records, @Nullable Throwable failure) {
        if (records == null) {
            BrokerException cause = BrokerException.of(failure == null ? new IllegalStateException("no records") : failure);
            if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE && at < partition.logStartOffset()) {
                at = partition.logStartOffset();
                readOn();
            } else if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE || cause.code() == ErrorCode.CLOSED) {
                done.complete(count);
            } else {
                done.completeExceptionally(cause);
            }
            return;
        }
        at = records.isEmpty() ? to : Math.max(at, records.get(records.size() - 1).offset() + 1);
        for (Record record : records) {
            if (record.offset() < to && (known == null || !known.test(record)) && coverage.takes(record)) {
                count++;
            }
        }
        readOn();
    }
}
