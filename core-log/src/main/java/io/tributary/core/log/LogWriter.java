package io.tributary.core.log;

import io.tributary.core.api.AppendResult;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.LastRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writing side of one log. Everything here runs on the log's thread. */
final class LogWriter {
    /** Single records share a batch up to this size, so that whoever wants one record unpacks no more than this. */
    private static final int MAX_SHARED_BATCH_BYTES = 64 << 10;
    private static final int LEADER_EPOCH = 0;
    /** Memory comes free by whole segments, so they are small there. */
    private static final int MEMORY_SEGMENT_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final LogId id;
    private final PartitionId partition;
    private final SegmentStore store;
    private final LogThread thread;
    private final CommitLane lane;
    private final ProducerStates producers;
    private final LogState state;
    private final TailWindow tail;
    private final Supplier<TopicConfig> config;
    private final Runnable advanced;
    private final LogActivity activity;

    /**
     * What the log is part of.
     *
     * @param config   the topic's configuration at the time of the call
     * @param activity told what is written
     * @param advanced told when high watermark or start have moved
     */
    record Context(PartitionId partition, Supplier<TopicConfig> config, LogActivity activity, Runnable advanced) {
    }

    private final List<Work> pending = new ArrayList<>();
    /** Written, in order, and not yet durable. */
    private final ArrayDeque<Work> awaiting = new ArrayDeque<>();
    /** The run being put together: batches with offsets that are not written yet. */
    private final List<ByteBuffer> run = new ArrayList<>();
    private final List<Work> runWorks = new ArrayList<>();
    private final List<PublishWork> shared = new ArrayList<>();
    private long runBytes;
    private long nextOffset;
    private boolean uncommitted;
    /** Where the log's start is being moved to; a lower one that is asked for meanwhile must not be written over it. */
    private long startUnderWay;
    /** Whether the segments end where the log does; not when a failed commit could not be taken back. */
    private boolean rolledBack = true;
    private @Nullable Segment active;
    private long activeSinceMs;

    LogWriter(LogId id, SegmentStore store, LogThread thread, LogState state, TailWindow tail, ProducerStates producers,
            Context context) {
        this.id = id;
        this.store = store;
        this.thread = thread;
        this.lane = thread.lane(store);
        this.state = state;
        this.tail = tail;
        this.producers = producers;
        this.partition = context.partition();
        this.config = context.config();
        this.advanced = context.advanced();
        this.activity = context.activity();
        this.nextOffset = state.highWatermark();
        List<Segment> segments = state.segments();
        this.active = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        this.activeSinceMs = thread.settings().clock().millis();
        if (producers.knowsTransactions()) {
            // Until they are known, none of the log counts as committed.
            state.setLastStableOffset(state.startOffset());
            thread.execute(() -> {
                updateLastStable();
                advanced.run();
            });
        }
    }

    private void updateLastStable() {
        if (state.isClosed()) {
            return;
        }
        try {
            state.setLastStableOffset(producers.lastStableOffset());
        } catch (RuntimeException failure) {
            LOG.error("{} does not know its transactions, and readers of committed records wait until it does", partition, failure);
        }
    }

    /** Takes work from the mailbox; returns whether it is the first of this turn. */
    boolean stage(Work work) {
        pending.add(work);
        return pending.size() == 1;
    }

    /** Appends what was staged. */
    void flush() {
        try {
            if (state.isClosed()) {
                throw new BrokerException(ErrorCode.CLOSED, id + " is closed");
            }
            cutSegments();
        } catch (RuntimeException failure) {
            BrokerException cause = BrokerException.of(failure);
            pending.forEach(work -> fail(work, cause));
            pending.clear();
            return;
        }
        int maxBatchBytes = config.get().maxBatchBytes();
        int maxShared = Math.min(MAX_SHARED_BATCH_BYTES, maxBatchBytes);
        BatchBuilder builder = thread.builder();
        for (Work work : pending) {
            if (work instanceof PublishWork publish) {
                if (!builder.isEmpty() && builder.sizeInBytes() + publish.bytes > maxShared) {
                    closeShared(builder);
                }
                builder.add(publish.timestamp(), publish.key, publish.value, publish.headers);
                shared.add(publish);
            } else {
                closeShared(builder);
                addBatches((AppendWork) work);
            }
        }
        pending.clear();
        closeShared(builder);
        writeRun();
    }

    private void closeShared(BatchBuilder builder) {
        if (builder.isEmpty()) {
            return;
        }
        ByteBuffer batch = builder.build();
        makeRoom(batch.remaining());
        long base = nextOffset;
        BatchHeader.place(batch, 0, base, LEADER_EPOCH);
        long appendTime = appendTime();
        if (appendTime != AppendResult.AS_CREATED) {
            BatchHeader.setAppendTime(batch, 0, appendTime);
        }
        for (int i = 0; i < shared.size(); i++) {
            PublishWork publish = shared.get(i);
            publish.baseOffset = base + i;
            publish.lastOffset = base + i;
            publish.appendTime = appendTime;
            runWorks.add(publish);
        }
        nextOffset = base + shared.size();
        shared.clear();
        addToRun(batch);
    }

    /** What the records that are appended now have for their timestamp, if that is not their own. */
    private long appendTime() {
        return config.get().records().appendTime() ? thread.settings().clock().millis() : AppendResult.AS_CREATED;
    }

    private void addBatches(AppendWork work) {
        ByteBuffer batches = work.batches;
        makeRoom(batches.remaining());
        ProducerStates.Verdict verdict;
        try {
            verdict = producers.check(batches, nextOffset, work.origin, work.transactionVersion);
        } catch (RuntimeException refused) {
            fail(work, BrokerException.of(refused));
            return;
        }
        BatchMetadata duplicate = verdict.duplicate();
        if (duplicate != null) {
            work.duplicate = true;
            work.baseOffset = duplicate.firstOffset();
            work.lastOffset = duplicate.lastOffset();
            work.appendTime = config.get().records().appendTime() ? duplicate.timestamp() : AppendResult.AS_CREATED;
            runWorks.add(work);
            return;
        }
        work.baseOffset = nextOffset;
        work.appendTime = appendTime();
        int at = batches.position();
        while (at < batches.limit()) {
            BatchHeader.place(batches, at, nextOffset, LEADER_EPOCH);
            if (work.appendTime != AppendResult.AS_CREATED && !BatchHeader.isControl(batches, at)) {
                BatchHeader.setAppendTime(batches, at, work.appendTime);
            }
            nextOffset = BatchHeader.lastOffset(batches, at) + 1;
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        work.lastOffset = nextOffset - 1;
        producers.update(verdict, nextOffset);
        runWorks.add(work);
        addToRun(batches);
    }

    private void addToRun(ByteBuffer batches) {
        run.add(batches);
        runBytes += batches.remaining();
    }

    /** Seals the active segment before it passes its size, its time, or what a segment can hold. */
    private void makeRoom(int bytes) {
        Segment now = active;
        long size = (now == null ? 0 : now.sizeInBytes()) + runBytes;
        if (size == 0) {
            return;
        }
        long base = now == null ? BatchHeader.baseOffset(run.get(0), run.get(0).position()) : now.baseOffset();
        int segmentBytes = store.inMemory() ? Math.min(MEMORY_SEGMENT_BYTES, config.get().segmentBytes()) : config.get().segmentBytes();
        boolean full = size + bytes > segmentBytes || nextOffset - base > Integer.MAX_VALUE - bytes;
        long maxAgeMs = Math.min(thread.settings().maxSegmentAgeMs(), config.get().segmentMs());
        boolean old = now != null && thread.settings().clock().millis() - activeSinceMs >= maxAgeMs;
        if (full || old) {
            writeRun();
            roll();
            if (store.inMemory()) {
                // The heap cannot wait for the next pass.
                retain();
            }
        }
    }

    private void writeRun() {
        if (run.isEmpty()) {
            finishRun();
            return;
        }
        long firstOffset = BatchHeader.baseOffset(run.get(0), run.get(0).position());
        try {
            Segment segment = active;
            if (segment == null || segment.endOffset() != firstOffset) {
                segment = open(firstOffset);
            }
            producers.beforeWrite();
            lane.append(segment, run, runBytes);
            activity.written(runBytes);
        } catch (RuntimeException failure) {
            nextOffset = firstOffset;
            producers.rollBack();
            BrokerException cause = BrokerException.of(failure);
            runWorks.forEach(work -> fail(work, cause));
            clearRun();
            return;
        }
        for (ByteBuffer batches : run) {
            cache(batches);
        }
        if (!uncommitted) {
            uncommitted = true;
            lane.appended(this);
        }
        finishRun();
    }

    private void finishRun() {
        long durable = state.highWatermark();
        for (Work work : runWorks) {
            work.onAccepted();
            if (work.lastOffset < durable) {
                thread.release(work);
                work.onDurable();
            } else {
                awaiting.add(work);
            }
        }
        clearRun();
    }

    private void clearRun() {
        run.clear();
        runWorks.clear();
        runBytes = 0;
    }

    private void cache(ByteBuffer batches) {
        if (store.inMemory()) {
            return;
        }
        int last = batches.position();
        for (int at = last; at < batches.limit(); at += (int) BatchHeader.sizeInBytes(batches, at)) {
            last = at;
        }
        thread.tailCache().offer(tail, new TailWindow.Run(BatchHeader.baseOffset(batches, batches.position()),
            BatchHeader.lastOffset(batches, last) + 1, batches));
    }

    private void roll() {
        Segment old = active;
        if (old != null && old.endOffset() == old.baseOffset()) {
            // The write that it was made for failed. It is still to be filled: the next would be the same one.
            return;
        }
        if (old != null) {
            old.seal();
            producers.takeSnapshot(nextOffset, false);
        }
        active = null;
    }

    private Segment open(long baseOffset) {
        Segment segment = store.create(id, baseOffset);
        List<Segment> segments = new ArrayList<>(state.segments());
        segments.add(segment);
        state.setSegments(segments);
        active = segment;
        activeSinceMs = thread.settings().clock().millis();
        return segment;
    }

    /** The end of what was appended, for the commit that is made now. */
    long takeUncommittedEnd() {
        uncommitted = false;
        return nextOffset;
    }

    /** Everything before {@code endOffset} is durable. */
    void committed(long endOffset) {
        if (state.isClosed()) {
            return;
        }
        state.setHighWatermark(endOffset);
        updateLastStable();
        for (Work work = awaiting.peek(); work != null && work.lastOffset < endOffset; work = awaiting.peek()) {
            awaiting.remove();
            thread.release(work);
            work.onDurable();
        }
        advanced.run();
    }

    /** The commit failed: goes back to what is durable, and fails who waits. */
    void rollBack(BrokerException failure) {
        uncommitted = false;
        nextOffset = state.highWatermark();
        tail.truncate(nextOffset);
        producers.rollBack();
        rolledBack = false;
        try {
            cutSegments();
        } catch (RuntimeException fault) {
            LOG.error("{} cannot be cut back to what is durable, and takes no appends until it can", partition, fault);
        }
        failAwaiting(failure);
    }

    /** Cuts off what is not durable, if that is still to be done. */
    private void cutSegments() {
        if (rolledBack) {
            return;
        }
        producers.deleteLostSnapshots();
        long end = state.highWatermark();
        List<Segment> kept = new ArrayList<>(state.segments());
        // The last first: whatever a checkpoint sees or a failure leaves is a log without a gap.
        for (int i = kept.size() - 1; i >= 0; i--) {
            Segment segment = kept.get(i);
            // Also one that goes, or stays whole: the store may have noted what came behind.
            segment.truncate(end);
            if (segment.baseOffset() < end || i == 0) {
                break;
            }
            segment.delete();
            kept.remove(i);
            state.setSegments(kept);
        }
        Segment last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
        if (last != null && last != active && last.baseOffset() < end) {
            // What was sealed is not added to again: compaction may have made it.
            last.seal();
            last = null;
        }
        active = last;
        producers.rollBack();
        rolledBack = true;
    }

    private void failAwaiting(BrokerException failure) {
        for (Work work = awaiting.poll(); work != null; work = awaiting.poll()) {
            fail(work, failure);
        }
    }

    private void fail(Work work, BrokerException failure) {
        thread.release(work);
        work.onFailure(failure);
    }

    /** Moves the log start up and deletes the segments that are wholly before it; completes when the move is durable. */
    void deleteBefore(long offset, CompletableFuture<Long> result) {
        long start = Math.min(offset, state.highWatermark());
        if (state.isClosed() || start <= state.startOffset()) {
            result.complete(state.startOffset());
            return;
        }
        long before = startUnderWay;
        long moved = Math.max(start, before);
        startUnderWay = moved;
        try {
            lane.moveStart(id, moved, failure -> {
                if (failure == null) {
                    startMoved(moved);
                    result.complete(moved);
                } else {
                    startUnderWay = state.startOffset();
                    result.completeExceptionally(failure);
                }
            });
        } catch (BrokerException failure) {
            startUnderWay = before;
            result.completeExceptionally(failure);
        }
    }

    private void startMoved(long start) {
        if (start > state.startOffset()) {
            state.setStartOffset(start);
            updateLastStable();
            dropSegments(start);
            advanced.run();
        }
    }

    private void dropSegments(long start) {
        List<Segment> kept = new ArrayList<>();
        List<Segment> gone = new ArrayList<>();
        for (Segment segment : state.segments()) {
            (segment.endOffset() <= start && segment != active ? gone : kept).add(segment);
        }
        if (!gone.isEmpty()) {
            state.setSegments(kept);
            gone.forEach(this::deleteQuietly);
        }
    }

    private void deleteQuietly(Segment segment) {
        try {
            segment.delete();
        } catch (BrokerException failure) {
            LOG.warn("a segment before the start of {} is still there, until the broker is next opened: {}", partition,
                failure.getMessage());
        }
    }

    /**
     * Puts a segment in the place of others, unless some of these have gone meanwhile.
     *
     * @param abortMarkersGone offsets of markers that it no longer has, of transactions of which nothing else was left
     * @return whether it did
     */
    boolean exchange(List<Segment> old, SegmentReplacement made, Set<Long> abortMarkersGone) {
        List<Segment> segments = new ArrayList<>(state.segments());
        int first = segments.indexOf(old.get(0));
        int end = first + old.size();
        if (state.isClosed() || first < 0 || end >= segments.size() || !segments.subList(first, end).equals(old)) {
            return false;
        }
        // First: who is told of a transaction and does not find its end would take all that follows for a part of it.
        producers.forgetAborted(abortMarkersGone);
        Segment now = made.commit();
        segments.subList(first, end).clear();
        segments.add(first, now);
        state.setSegments(segments);
        tail.forget(now.baseOffset(), now.endOffset());
        return true;
    }

    Map<Long, LastRecord> lastRecordsOfProducers() {
        cutSegments();
        return producers.lastRecords();
    }

    List<ActiveProducer> activeProducers() {
        if (state.isClosed()) {
            throw new BrokerException(ErrorCode.CLOSED, id + " is closed");
        }
        cutSegments();
        return producers.describe();
    }

    /** Removes what has passed its retention. */
    void retain() {
        if (state.isClosed() || !rolledBack) {
            return;
        }
        if (!config.get().compaction().deletes()) {
            producers.removeExpired();
            return;
        }
        Retention retention = config.get().retention();
        long highWatermark = state.highWatermark();
        long now = thread.settings().clock().millis();
        Segment written = active;
        LongSupplier floor = () -> thread.consumedFloor().consumedBefore(partition, highWatermark);
        if (written != null && awaiting.isEmpty() && RetentionRule.sealsActive(written, retention, highWatermark, activeSinceMs, now)
            && floor.getAsLong() >= highWatermark) {
            roll();
        }
        List<Segment> sealed = new ArrayList<>(state.segments());
        written = active;
        if (written != null) {
            sealed.remove(written);
        }
        long activeBytes = written == null ? 0 : written.sizeInBytes();
        long start = RetentionRule.start(new RetentionRule.Holding(sealed, activeBytes, highWatermark), retention, now, floor);
        if (start > state.startOffset()) {
            deleteBefore(start, new CompletableFuture<>());
        }
        if (config.get().tiering().enabled()) {
            new LocalRetention(state, config.get(), now).apply(producers::detach);
        }
        producers.removeExpired();
    }

    /** Writes down the producers, for a quick start. */
    void takeSnapshot() {
        if (awaiting.isEmpty() && !state.isClosed()) {
            producers.takeSnapshot(nextOffset, false);
        }
    }

    /** Ends the log and deletes its segments. */
    void delete(BrokerException cause) {
        close(cause);
        List<Segment> segments = state.segments();
        state.setSegments(List.of());
        segments.forEach(Segment::delete);
    }

    /** Ends the log; whoever waits is told. */
    void close(BrokerException cause) {
        state.close();
        pending.forEach(work -> fail(work, cause));
        pending.clear();
        failAwaiting(cause);
        tail.clear();
        advanced.run();
    }
}
