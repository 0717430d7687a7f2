package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.backlog.Coverage;
import io.tributary.core.subscription.backlog.PendingSizes;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.PendingOffsets;
import io.tributary.core.subscription.state.SourceStart;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's place in one partition. Offsets before {@code scanned} are decided: settled, not wanted, or in {@code pending}.
 * From there on nothing is known yet. What is pending need not be in memory: after a restart or an idle time the partition is read from
 * {@code readPosition} once more, and of what lies before {@code scanned} only the pending records are taken.
 *
 * <p>The main source of an indexed subscription is decided as soon as something is published, whether it is asked for or not: then
 * {@code pending} from {@code readPosition} on are references to records that were never in memory. They are not written down: after a
 * crash they are found again.
 */
final class Source {
    /** The number of the source that takes what is published; others deliver a new binding's past. */
    static final int MAIN = 0;
    /** A wanted record that is so far from the next is read alone. */
    private static final int SPARSE = 64;

    final Intake intake;
    final PartitionKey key;
    final int number;
    final TopicName topic;
    final Partition partition;
    final PartitionFeed feed;
    /** Exclusive: what lies from here on is another source's. */
    final long end;
    final Coverage coverage;
    final PendingOffsets pending;
    /** Null where they do not count. */
    private final @Nullable PendingSizes sizes;

    private long scanned;
    private long readPosition;
    /** Of an indexed source: nothing from here on was ever taken. */
    private long takenTo;
    /** What was pending below here when the process ended without notice may have been delivered. */
    private long suspectBelow;
    private @Nullable Map<Long, Integer> deliveries;
    private @Nullable ArrayDeque<Record> buffer;
    private boolean removed;
    private long lost;

    /** Its place in the feed's lists; -1 when it is in none. */
    int feedIndex = -1;
    int liveIndex = -1;
    /** Under which the feed finds it; null when it is offered everything. */
    @Nullable List<Filter> feedFilters;
    /** Counts what makes a read under way useless. */
    int generation;
    /** A read is under way, whose end puts the source back into the reader's order. */
    boolean reading;
    /** A read of what is not decided is under way. */
    boolean indexing;
    /** What is written of it is not what it is. */
    private boolean dirty;
    private long writtenPosition;

    Source(Intake intake, SourceStart start, PartitionFeed feed) {
        this.intake = intake;
        this.key = start.key();
        this.number = start.number();
        this.topic = start.topic();
        this.partition = start.partition();
        this.feed = feed;
        this.end = start.end();
        coverage = new Coverage(start.topic(), start.end(), start.exclusions(), start.ranges());
        sizes = intake.countsBytes() ? new PendingSizes() : null;
        CursorState state = start.state();
        pending = state.pending();
        scanned = state.scanned();
        // After a crash what is suspect is news, too.
        writtenPosition = state.suspectBelow() > 0 ? -1 : scanned;
        suspectBelow = state.suspectBelow();
        deliveries = state.deliveries().isEmpty() ? null : new HashMap<>(state.deliveries());
        readPosition = pending.count() == 0 ? scanned : pending.first();
        takenTo = state.takenTo();
    }

    /** Whether it is to be decided as soon as something is published. */
    boolean isIndexed() {
        return number == MAIN && intake.isIndexed();
    }

    /** Begins or ends to be indexed. Must not be live. */
    void indexedChanged() {
        dropBuffer();
        takenTo = scanned;
        touch();
    }

    /** It is no longer as it was written. */
    void touch() {
        if (!dirty) {
            dirty = true;
            intake.changed(this);
        }
    }

    /**
     * What is to be written of it now.
     *
     * @param whole with what was never taken of an indexed source, which otherwise is found again
     */
    CursorState state(Map<Long, Integer> counts, boolean whole) {
        if (!isIndexed() || readPosition >= scanned) {
            return new CursorState(position(), position(), pending, counts, suspectBelow);
        }
        long taken = Math.min(scanned, Math.max(takenTo, readPosition));
        return whole ? new CursorState(position(), taken, pending, counts, suspectBelow)
            : new CursorState(taken, taken, pending.before(taken), counts, suspectBelow);
    }

    /** A state was written. */
    void written(CursorState state) {
        dirty = false;
        writtenPosition = state.scanned();
    }

    /** Whether it is as it was written, or as it would be without. */
    boolean isWritten() {
        return !dirty && writtenPosition == position();
    }

    /** Whether the record is to be taken, now or once more. */
    boolean wants(Record record) {
        return record.offset() < scanned ? pending.contains(record.offset()) : coverage.takes(record);
    }

    /** Makes the entry of a wanted record, which from now on is pending. */
    Entry take(Record record, long order) {
        long offset = record.offset();
        if (offset >= scanned) {
            boolean loaded = readPosition >= scanned;
            pending.addLast(offset);
            noteSize(record);
            scanned = offset + 1;
            readPosition = loaded ? Math.max(readPosition, scanned) : readPosition;
            touch();
        }
        Entry entry = new Entry(this, record, order);
        Integer count = deliveries == null ? null : deliveries.remove(offset);
        entry.deliveries = count == null ? 0 : count;
        entry.redelivered = count != null || offset < suspectBelow;
        return entry;
    }

    /** Notes a wanted record without taking it. Nothing behind it may be decided. */
    private void addReference(Record record) {
        pending.addLast(record.offset());
        noteSize(record);
        scanned = record.offset() + 1;
    }

    private void noteSize(Record record) {
        if (sizes != null) {
            sizes.add(record);
        }
    }

    private void forgetSizes(LongPredicate condition) {
        if (sizes != null) {
            sizes.removeIf(condition);
        }
    }

    /** Of the values of what is pending, as far as they are known. */
    long pendingBytes() {
        return sizes == null ? 0 : sizes.total();
    }

    /** A live feed brings a wanted record that there is no room for. */
    void refer(Record record) {
        if (readPosition >= scanned) {
            readPosition = record.offset();
        }
        addReference(record);
    }

    /** Decides about what was read from {@code scanned} on; an empty read means that nothing lies before {@code limit}. */
    void index(List<Record> records, long limit) {
        long next = records.isEmpty() ? limit : Math.min(limit, records.get(records.size() - 1).offset() + 1);
        boolean loaded = readPosition >= scanned;
        for (Record record : records) {
            if (record.offset() >= scanned && record.offset() < limit && coverage.takes(record)) {
                if (loaded) {
                    readPosition = record.offset();
                    loaded = false;
                }
                addReference(record);
            }
        }
        scanned = Math.max(scanned, next);
        if (loaded) {
            readPosition = Math.max(readPosition, scanned);
        }
    }

    /** A live feed has passed this record. */
    void passed(long offset) {
        boolean loaded = readPosition >= scanned;
        scanned = Math.max(scanned, offset + 1);
        if (loaded) {
            readPosition = Math.max(readPosition, scanned);
        }
    }

    /** Settled for good. */
    void settled(long offset) {
        if (pending.remove(offset)) {
            if (sizes != null) {
                sizes.remove(offset);
            }
            touch();
        }
    }

    /** Gives an entry that is not outstanding back to the log; {@link #rewind} must follow. */
    void unload(Entry entry) {
        if (entry.deliveries > 0 || entry.redelivered && entry.offset >= suspectBelow) {
            if (deliveries == null) {
                deliveries = new HashMap<>();
            }
            deliveries.put(entry.offset, entry.deliveries);
        }
    }

    /** Reads again from the first pending record on. Nothing may be in the window or outstanding. */
    void rewind() {
        generation++;
        buffer = null;
        takenTo = Math.max(takenTo, readPosition);
        scanned = position();
        readPosition = pending.count() == 0 ? scanned : pending.first();
    }

    /** Up to where everything is decided. */
    long position() {
        return isLive() ? Math.max(scanned, feed.position()) : scanned;
    }

    /** The first offset that is still needed. */
    long floor() {
        return pending.count() == 0 ? position() : pending.first();
    }

    boolean isLive() {
        return liveIndex >= 0;
    }

    /** Leaves the feed with what it has seen. */
    void stopLive() {
        if (isLive()) {
            passed(feed.position() - 1);
            feed.leave(this);
        }
    }

    /** Whether there are records to read that the feed does not bring. Moves over what no binding covers. */
    boolean isBehind() {
        long target = target();
        if (readPosition < scanned) {
            long next = pending.firstFrom(readPosition);
            readPosition = next == PendingOffsets.NONE ? scanned : Math.min(next, scanned);
        }
        if (isIndexed()) {
            return readPosition < scanned;
        }
        if (readPosition >= scanned && !coverage.covers(readPosition)) {
            readPosition = Math.max(readPosition, Math.min(target, coverage.nextCovered(readPosition)));
            if (buffer == null) {
                scanned = Math.max(scanned, readPosition);
            }
        }
        return readPosition < target;
    }

    /** Whether there is something to decide about that the feed does not bring. Moves over what no binding covers. */
    boolean isUndecided() {
        long target = target();
        if (!coverage.covers(scanned)) {
            boolean loaded = readPosition >= scanned;
            scanned = Math.max(scanned, Math.min(target, coverage.nextCovered(scanned)));
            readPosition = loaded ? scanned : readPosition;
        }
        return scanned < target;
    }

    /** How far it may read now. */
    long limit() {
        return isIndexed() ? scanned : Math.min(end, feed.limit());
    }

    /** How many records are to be read at once: one by one where few of many are wanted. */
    int chunk(int most) {
        if (!isIndexed()) {
            return most;
        }
        long second = pending.firstFrom(readPosition + 1);
        return second == PendingOffsets.NONE || second - readPosition > SPARSE ? 1 : most;
    }

    long scanned() {
        return scanned;
    }

    /** Everything before has been looked at. */
    long seen() {
        return Math.max(scanned, readPosition);
    }

    long target() {
        return Math.min(end, feed.hasLive() ? feed.position() : feed.limit());
    }

    long readPosition() {
        return readPosition;
    }

    /** Keeps what is wanted of what was read; an empty read means that nothing lies before {@code limit}. */
    void arrived(List<Record> records, long limit) {
        if (records.isEmpty()) {
            forgetMissing(limit);
            readPosition = Math.max(readPosition, limit);
        }
        for (Record record : records) {
            if (record.offset() < readPosition) {
                continue;
            }
            forgetMissing(Math.min(record.offset(), limit));
            if (record.offset() >= limit) {
                readPosition = limit;
                break;
            }
            if (wants(record)) {
                if (buffer == null) {
                    buffer = new ArrayDeque<>();
                }
                buffer.addLast(record);
            }
            readPosition = record.offset() + 1;
        }
        if (buffer == null) {
            scanned = Math.max(scanned, readPosition);
        }
    }

    /** What is pending from the read position on and before {@code offset} is not there any more: compaction has taken it. */
    private void forgetMissing(long offset) {
        for (long next = pending.firstFrom(readPosition); next != PendingOffsets.NONE && next < offset; next = pending.firstFrom(next)) {
            settled(next);
        }
    }

    /** The partition no longer has what is asked for: goes on at its start, or at its end when it has become shorter. */
    void outOfRange() {
        long start = partition.logStartOffset();
        long limit = feed.limit();
        if (readPosition < start) {
            lost += start - readPosition;
            pending.removeBefore(start);
            forgetSizes(each -> each < start);
            readPosition = start;
            scanned = Math.max(scanned, start);
        } else if (seen() > limit) {
            pending.removeFrom(limit);
            readPosition = Math.min(readPosition, limit);
            scanned = Math.min(scanned, limit);
        }
        touch();
    }

    /** Forgets all that is pending but what these offsets name. */
    void keepPending(List<Long> kept) {
        pending.clear();
        kept.forEach(pending::add);
        forgetSizes(each -> !pending.contains(each));
    }

    /** Looks again at what was read and not yet taken, for there is a new binding. */
    void dropBuffer() {
        Record first = firstBuffered();
        generation++;
        buffer = null;
        readPosition = Math.min(readPosition, first == null ? Long.MAX_VALUE : first.offset());
        readPosition = Math.min(readPosition, scanned);
    }

    /** Drops what is known and not in the window, and all that is before {@code offset}. */
    void skipTo(long offset) {
        generation++;
        buffer = null;
        scanned = Math.max(position(), offset);
        readPosition = scanned;
        deliveries = null;
        touch();
    }

    @Nullable Record firstBuffered() {
        return buffer == null ? null : buffer.peekFirst();
    }

    Record pollBuffered() {
        if (buffer == null) {
            throw new IllegalStateException("nothing is buffered");
        }
        Record record = buffer.removeFirst();
        if (buffer.isEmpty()) {
            buffer = null;
        }
        return record;
    }

    /** The buffer's last record was taken: what was read after it was not wanted. */
    void bufferTaken() {
        if (buffer == null) {
            scanned = Math.max(scanned, readPosition);
        }
    }

    /** Whether no binding in force takes anything more. */
    boolean hasEnded() {
        return coverage.hasEnded();
    }

    /** Whether all that its ended bindings took is settled. */
    boolean isDone() {
        return hasEnded() && pending.count() == 0 && buffer == null && !reading && coverage.isPassedBy(position());
    }

    long suspectBelow() {
        return suspectBelow;
    }

    Map<Long, Integer> deliveries() {
        return deliveries == null ? Map.of() : deliveries;
    }

    /** Records that retention removed before they were delivered. */
    long lost() {
        return lost;
    }

    void remove() {
        stopLive();
        generation++;
        removed = true;
        buffer = null;
        pending.clear();
        feed.remove(this);
    }

    boolean isRemoved() {
        return removed;
    }
}
