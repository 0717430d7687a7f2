package io.tributary.core.log;

import io.tributary.core.api.Append;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.api.TimestampLookup;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.BatchValidator;
import io.tributary.core.batch.BatchValidator.Allowed;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A partition's log on this node. Safe on any thread. */
public final class PartitionLog implements Partition {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    private static final short NO_VERSION = 0;

    private final PartitionId id;
    private final LogThread thread;
    private final Supplier<TopicConfig> config;
    private final LogState state;
    private final LogActivity activity;
    private final LogWriter writer;
    private final LogReader reader;
    private final LogCompaction compaction;
    private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

    /**
     * Takes up a log as the store has it.
     *
     * @param config the topic's configuration as it is at the time of the call
     */
    public PartitionLog(PartitionId id, LogId logId, LogThread thread, SegmentStore store, SegmentStore.StoredLog stored,
            Supplier<TopicConfig> config) {
        this.id = id;
        this.thread = thread;
        this.config = config;
        this.state = new LogState(stored.startOffset(), stored.compactedBefore(), stored.segments());
        this.activity = new LogActivity(state);
        TailWindow tail = new TailWindow();
        AbortedTransactions aborted = new AbortedTransactions(logId, store);
        Executor reads = thread.settings().reads();
        this.reader = new LogReader(id, state, activity, tail, aborted, store.inMemory(), reads,
            Objects.requireNonNullElse(store.remoteReads(), reads));
        this.writer = new LogWriter(logId, store, thread, state, tail,
            new ProducerStates(id, state, store.stateDirectory(logId), thread.settings().clock(), aborted),
            new LogWriter.Context(id, config, activity, this::notifyListeners));
        this.compaction = new LogCompaction(logId, state, store, thread, writer, aborted);
    }

    @Override
    public PartitionId id() {
        return id;
    }

    @Override
    public long logStartOffset() {
        return state.startOffset();
    }

    @Override
    public long highWatermark() {
        return state.highWatermark();
    }

    @Override
    public long lastStableOffset() {
        return state.lastStableOffset();
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public long sizeInBytes() {
        return state.sizeInBytes();
    }

    @Override
    public LogStats stats() {
        return activity.stats(state, System.nanoTime());
    }

    /** Looks at the counters for the rates; on one thread, every {@link io.tributary.core.stats.MovingRates#PERIOD_NANOS}. */
    public void sampleRates() {
        activity.sample(state, System.nanoTime());
    }

    @Override
    public Append append(ByteBuffer batches) {
        return append(new AppendWork(writer, batches, AppendOrigin.CLIENT, NO_VERSION), Allowed.PLAIN);
    }

    @Override
    public Append appendInTransaction(ByteBuffer batches) {
        return append(new AppendWork(writer, batches, AppendOrigin.CLIENT, NO_VERSION), Allowed.TRANSACTIONAL);
    }

    @Override
    public Append appendAsCoordinator(ByteBuffer batches, short transactionVersion) {
        return append(new AppendWork(writer, batches, AppendOrigin.COORDINATOR, transactionVersion), Allowed.CONTROL);
    }

    @Override
    public Append appendWithGaps(ByteBuffer batches) {
        AppendWork work = new AppendWork(writer, batches, AppendOrigin.CLIENT, NO_VERSION);
        try {
            BatchValidator.requireFraming(batches);
        } catch (BrokerException refused) {
            work.onFailure(refused);
            return work;
        }
        thread.submit(work);
        return work;
    }

    private Append append(AppendWork work, Allowed allowed) {
        ByteBuffer batches = work.batches;
        try {
            TopicConfig now = config.get();
            BatchValidator.validate(batches, now.maxBatchBytes(), allowed);
            if (now.compaction().isOn()) {
                BatchValidator.requireKeys(batches);
            }
            if (work.origin == AppendOrigin.CLIENT && !id.topic().isInternal()) {
                BatchValidator.requireTimestamps(batches, now.records(), thread.settings().clock().millis());
            }
        } catch (BrokerException refused) {
            work.onFailure(refused);
            return work;
        }
        thread.submit(work);
        return work;
    }

    /**
     * Appends one record, in a batch with others that meet it in the mailbox; completes with its place.
     *
     * @param relaxed completes when accepted, not when durable
     * @return fails with BATCH_TOO_LARGE, LIMIT_EXCEEDED, STORAGE_FAILURE or CLOSED
     */
    public CompletableFuture<Published> publish(NewRecord record, boolean relaxed) {
        int bytes = BatchBuilder.maxRecordBytes(record.key(), record.value(), record.headers());
        if (record.key() == null && config.get().compaction().isOn()) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.INVALID_BATCH, "a compacted topic takes records with a key"));
        }
        int limit = config.get().maxBatchBytes();
        if ((long) BatchHeader.SIZE + bytes > limit) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.BATCH_TOO_LARGE,
                "a record of about " + bytes + " bytes is over the topic's batch size of " + limit));
        }
        PublishWork work = new PublishWork(writer, bytes, record, relaxed);
        thread.submit(work);
        return work.published;
    }

    @Override
    public CompletionStage<LogRead> read(long offset, int maxBytes) {
        return reader.read(offset, maxBytes);
    }

    @Override
    public CompletionStage<LogRead> readCommitted(long offset, int maxBytes) {
        return reader.readCommitted(offset, maxBytes);
    }

    @Override
    public CompletionStage<List<Record>> readRecords(long offset, int maxRecords, int maxBytes) {
        return reader.readRecords(offset, maxRecords, maxBytes);
    }

    @Override
    public CompletionStage<TimestampLookup> lookUpTimestamp(long timestampMs) {
        return reader.lookUp(timestampMs);
    }

    @Override
    public Registration onAdvance(Runnable listener) {
        Listener entry = new Listener(listener);
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    @Override
    public CompletionStage<List<ActiveProducer>> activeProducers() {
        return CompletableFuture.supplyAsync(writer::activeProducers, thread);
    }

    @Override
    public CompletionStage<Long> deleteBefore(long offset) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        thread.execute(() -> writer.deleteBefore(offset, result));
        return result;
    }

    /**
     * Ends the log and deletes its segments: appends fail with {@code cause}, reads with CLOSED. Completes when the log thread is done
     * with it.
     */
    public CompletableFuture<Void> delete(BrokerException cause) {
        return CompletableFuture.runAsync(() -> writer.delete(cause), thread);
    }

    /** Has what has passed its retention removed. */
    public void retain() {
        thread.execute(writer::retain);
    }

    /**
     * Compacts the log if its topic asks for it and it is worth it. Blocks; for one thread at a time, which is not the log's.
     *
     * @param map room for the keys; used and left full
     * @return whether anything was done
     */
    public boolean compact(OffsetMap map) {
        return compaction.run(config.get(), map);
    }

    /** Returns when no compaction of this log is under way; after {@link #delete} none will be. Blocks. */
    public void awaitCompaction() {
        compaction.awaitEnd();
    }

    /** Has the producers written down, so that the next start need not read the log for them. */
    public void takeSnapshot() {
        thread.execute(writer::takeSnapshot);
    }

    private void notifyListeners() {
        for (Listener listener : listeners) {
            try {
                listener.action.run();
            } catch (RuntimeException fault) {
                LOG.error("a listener of {} failed", id, fault);
            }
        }
    }

    /** One registration; told from another of the same action by its identity. */
    private static final class Listener {
        private final Runnable action;

        Listener(Runnable action) {
            this.action = action;
        }
    }
}
