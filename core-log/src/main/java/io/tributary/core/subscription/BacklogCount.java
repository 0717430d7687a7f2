package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.subscription.backlog.Coverage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a source would take of a part of its partition: by arithmetic where a binding takes every record, otherwise by reading.
 * Holds its own copy of what it needs, so that the source may go on meanwhile.
 */
final class BacklogCount {
    private static final int CHUNK_RECORDS = 1024;
    private static final int CHUNK_BYTES = 512 << 10;

    private final Partition partition;
    private final Coverage coverage;
    private final Executor executor;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private final long to;
    private long at;
    private long count;

    BacklogCount(Source source, long from, long to, Executor executor) {
        partition = source.partition;
        coverage = source.coverage.copy();
        this.executor = executor;
        this.to = Math.min(to, source.end);
        at = from;
    }

    CompletionStage<Long> start() {
        if (at >= to || !coverage.touches(at, to)) {
            return CompletableFuture.completedFuture(0L);
        }
        if (coverage.takesAll(at, to)) {
            return CompletableFuture.completedFuture(to - Math.max(at, partition.logStartOffset()));
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
            if (record.offset() < to && coverage.takes(record)) {
                count++;
            }
        }
        readOn();
    }
}
