package io.tributary.core.subscription;

import io.tributary.core.api.Append;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.api.TimestampLookup;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.api.stats.Rate;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A partition in memory, for tests: durable at once, and as slow or broken as a test wants it. */
public final class FakePartition implements Partition {
    private final PartitionId id;
    private final List<Record> records = new ArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable Executor readExecutor;
    private volatile long start;
    private volatile long end;
    private volatile @Nullable BrokerException readFailure;
    private volatile int reads;

    FakePartition(PartitionId id, @Nullable Executor readExecutor) {
        this.id = id;
        this.readExecutor = readExecutor;
    }

    /** Appends a record and returns it. */
    public Record publish(byte @Nullable [] key, byte @Nullable [] value, Headers headers, long timestamp) {
        Record record;
        synchronized (this) {
            record = new Record(start + records.size(), timestamp, key, value, headers);
            records.add(record);
            end = start + records.size();
        }
        listeners.forEach(Runnable::run);
        return record;
    }

    /** Appends a record with a subject and text and returns its offset. */
    public long publish(@Nullable String subject, String text) {
        return publish(subject == null ? null : subject.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8),
            Headers.EMPTY, start + records.size()).offset();
    }

    /** Reads fail in this way, or work again. */
    public void failReads(@Nullable BrokerException failure) {
        readFailure = failure;
    }

    public int reads() {
        return reads;
    }

    @Override
    public CompletionStage<List<Record>> readRecords(long offset, int maxRecords, int maxBytes) {
        CompletableFuture<List<Record>> result = new CompletableFuture<>();
        if (readExecutor == null) {
            read(offset, maxRecords, maxBytes, result);
        } else {
            readExecutor.execute(() -> read(offset, maxRecords, maxBytes, result));
        }
        return result;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private synchronized void read(long offset, int maxRecords, int maxBytes, CompletableFuture<List<Record>> result) {
        reads++;
        BrokerException failure = readFailure;
        if (failure == null && (offset < start || offset > end)) {
            failure = new BrokerException(ErrorCode.OFFSET_OUT_OF_RANGE, "offset " + offset + " is not within " + start + " to " + end);
        }
        if (failure != null) {
            result.completeExceptionally(failure);
            return;
        }
        List<Record> found = new ArrayList<>();
        int bytes = 0;
        int first = (int) (offset - start);
        for (int i = first; i < records.size() && found.size() < maxRecords && (found.isEmpty() || bytes < maxBytes); i++) {
            found.add(records.get(i));
            bytes += records.get(i).sizeInBytes();
        }
        result.complete(found);
    }

    @Override
    public synchronized CompletionStage<Long> deleteBefore(long offset) {
        long to = Math.min(offset, end);
        if (to > start) {
            records.subList(0, (int) (to - start)).clear();
            start = to;
        }
        return CompletableFuture.completedFuture(start);
    }

    @Override
    public PartitionId id() {
        return id;
    }

    @Override
    public long logStartOffset() {
        return start;
    }

    @Override
    public long highWatermark() {
        return end;
    }

    @Override
    public long lastStableOffset() {
        return end;
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public synchronized LogStats stats() {
        return new LogStats(records.size(), sizeInBytes(), end, 0, 0, Rate.NONE, Rate.NONE, Rate.NONE);
    }

    @Override
    public synchronized long sizeInBytes() {
        return records.stream().mapToLong(Record::sizeInBytes).sum();
    }

    @Override
    public Registration onAdvance(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** How many listen. */
    public int listeners() {
        return listeners.size();
    }

    @Override
    public Append append(ByteBuffer batches) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Append appendWithGaps(ByteBuffer batches) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Append appendInTransaction(ByteBuffer batches) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Append appendAsCoordinator(ByteBuffer batches, short transactionVersion) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<ActiveProducer>> activeProducers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<LogRead> read(long offset, int maxBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<LogRead> readCommitted(long offset, int maxBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<TimestampLookup> lookUpTimestamp(long timestampMs) {
        throw new UnsupportedOperationException();
    }
}
