package io.tributary.core.schedule;

import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.IndexChanges;
import io.tributary.core.schedule.index.IndexFailure;
import io.tributary.core.schedule.index.IndexState;
import io.tributary.core.schedule.index.ScheduleIndex;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.UndecidedRow;
import io.tributary.core.schedule.index.WaitingRow;
import io.tributary.core.schedule.rocksdb.RocksScheduleIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The index, kept in step with the log that it is a view of. Belongs to the schedule's thread. */
final class IndexView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexView.class);
    private static final int READ_RECORDS = 4096;
    private static final int READ_BYTES = 1 << 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long FORGET_EVERY_MS = 10L * 60 * 1000;

    private final ScheduleIndex index;
    private final ScheduleLog log;
    private final Patience patience;
    private final DueCursor cursor;
    private volatile IndexState state;
    /** By the time in the log's records. */
    private long forgotMs;
    private boolean mayHaveUndecided = true;

    private IndexView(ScheduleIndex index, ScheduleLog log, Patience patience, DueCursor cursor, IndexState state) {
        this.index = index;
        this.log = log;
        this.patience = patience;
        this.cursor = cursor;
        this.state = state;
    }

    /**
     * Opens the index that is there, or a new one if it is of another log, ahead of it, damaged or of another format. It lags until
     * {@link #catchUp}. Fails with {@link IndexFailure}.
     */
    static IndexView open(Path directory, ScheduleLog log, Patience patience, DueCursor cursor) {
        ScheduleIndex index = null;
        String unfit;
        try {
            index = new RocksScheduleIndex(directory);
            IndexState found = index.state();
            if (found == null) {
                return new IndexView(index, log, patience, cursor, IndexState.empty(log.id()));
            }
            unfit = unfitness(found, log);
            if (unfit == null) {
                return new IndexView(index, log, patience, cursor, found);
            }
        } catch (IndexFailure failure) {
            if (!failure.isDamaged()) {
                close(index);
                throw failure;
            }
            unfit = Objects.toString(failure.getMessage());
        }
        close(index);
        LOG.warn("The index of the schedule in {} is made anew from its log: {}", directory, unfit);
        RocksScheduleIndex.destroy(directory);
        return new IndexView(new RocksScheduleIndex(directory), log, patience, cursor, IndexState.empty(log.id()));
    }

    private static @Nullable String unfitness(IndexState found, ScheduleLog log) {
        if (!found.log().equals(log.id())) {
            return "it is of another log";
        }
        return found.position() > log.partition().highWatermark() ? "it is ahead of the log" : null;
    }

    private static void close(@Nullable ScheduleIndex index) {
        if (index != null) {
            index.close();
        }
    }

    long waiting() {
        return state.waiting();
    }

    /** The offset of the last claim, or {@link IndexState#NO_CLAIM}. */
    long claim() {
        return state.claim();
    }

    /**
     * Takes in what the log had when this was called. Where a transaction is open among that, it waits for its end: what comes behind is
     * not shown before, and nothing may be decided without it.
     */
    void catchUp() {
        long end = log.partition().highWatermark();
        while (state.position() < end) {
            patience.check();
            long position = Math.max(state.position(), log.partition().logStartOffset());
            long stable = log.partition().lastStableOffset();
            if (position >= stable) {
                LockSupport.parkNanos(this, LOOK_NANOS);
                continue;
            }
            List<Record> records = patience.await(log.partition().readRecords(position, READ_RECORDS, READ_BYTES));
            take(records, records.isEmpty() ? stable : records.get(records.size() - 1).offset() + 1);
        }
    }

    private void take(List<Record> records, long position) {
        Map<ScheduleKey, WaitingRow> added = new LinkedHashMap<>();
        Map<ScheduleKey, UndecidedRow> undecided = new LinkedHashMap<>();
        List<ScheduleKey> removed = new ArrayList<>();
        List<ScheduleKey> ended = new ArrayList<>();
        long claim = state.claim();
        for (Record record : records) {
            ScheduleKey key = ScheduleLog.keyOf(record);
            byte[] value = record.value();
            if (key == null) {
                claim = ScheduleLog.isClaim(record) ? record.offset() : claim;
            } else if (value == null) {
                undecided.remove(key);
                if (added.remove(key) == null && index.find(key) != null) {
                    removed.add(key);
                }
                if (key.isRepeatable()) {
                    ended.add(key);
                }
            } else if (Undecided.isOne(value)) {
                undecided.put(key, undecided(key, record, value));
            } else {
                undecided.remove(key);
                added.put(key, new WaitingRow(key, record.offset(), record.sizeInBytes(), Envelope.target(value)));
            }
        }
        // One that was written again because nobody was told that it had been is no other.
        long again = added.keySet().stream().filter(key -> key.isRepeatable() && index.find(key) != null).count();
        IndexState next = new IndexState(state.log(), position, state.waiting() + added.size() - again - removed.size(), claim);
        index.apply(new IndexChanges(added.values(), undecided.values(), removed, ended), next);
        state = next;
        added.keySet().forEach(cursor::lower);
        mayHaveUndecided |= !undecided.isEmpty();
        if (!records.isEmpty()) {
            forgetEnded(records.get(records.size() - 1).timestamp());
        }
    }

    private static UndecidedRow undecided(ScheduleKey key, Record record, byte[] value) {
        Undecided undecided = Undecided.decode(value);
        Envelope envelope = Envelope.decode(undecided.waiting());
        return new UndecidedRow(new WaitingRow(key, record.offset(), record.sizeInBytes(), Envelope.target(envelope.topicId())),
            envelope.topicId(), envelope.partition(), undecided.batchOffset(), undecided.producerId());
    }

    /** Whether there are records whose transactions are undecided; perhaps there are none. */
    boolean mayHaveUndecided() {
        return mayHaveUndecided;
    }

    /** As {@link #scan}, of the records whose transactions are undecided. */
    void scanUndecided(@Nullable ScheduleKey from, Predicate<UndecidedRow> visitor) {
        boolean[] found = {false};
        index.scanUndecided(from, row -> {
            found[0] = true;
            return visitor.test(row);
        });
        mayHaveUndecided &= from != null || found[0];
    }

    /** What has ended is known for as long as the log may tell of it, or longer if it was ended before it was due. */
    private void forgetEnded(long nowMs) {
        if (nowMs - forgotMs >= FORGET_EVERY_MS) {
            index.forgetEnded(nowMs - ScheduleLog.TOMBSTONE_MS);
            forgotMs = nowMs;
        }
    }

    /** Whether a record of this key waits, or may once its transaction ends, or waited and was fired or cancelled within the last hour. */
    boolean knows(ScheduleKey key) {
        return index.find(key) != null || index.findUndecided(key) != null || index.hasEnded(key);
    }

    /** Forgets rows whose records are not in the log any more. */
    void forget(Collection<ScheduleKey> gone) {
        if (!gone.isEmpty()) {
            IndexState next = new IndexState(state.log(), state.position(), state.waiting() - gone.size(), state.claim());
            index.apply(IndexChanges.removing(gone), next);
            state = next;
        }
    }

    @Nullable WaitingRow find(ScheduleKey key) {
        return index.find(key);
    }

    void scan(@Nullable ScheduleKey from, Predicate<WaitingRow> visitor) {
        index.scan(from, visitor);
    }

    long memoryBytes() {
        return index.memoryBytes();
    }

    /** Writes the index out, so that the next start finds it up to date. */
    void flush() {
        index.flush();
    }

    @Override
    public void close() {
        index.close();
    }
}
