package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.PendingOffsets;
import io.tributary.core.subscription.stats.Counter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a source is of one level of priority: the offsets that are pending, and how far they were read. What is pending from
 * {@code readPosition} on is not in memory. Where a source is not indexed it has one lane, and what is decided moves on with its reading.
 */
final class Lane {
    /** A wanted record that is so far from the next is read alone. */
    private static final int SPARSE = 64;

    final Source source;
    final int level;
    final PendingOffsets pending;
    private long readPosition;
    /** Nothing from here on was ever taken. */
    private long takenTo;
    private @Nullable ArrayDeque<Record> buffer;
    /** Counts what makes a read under way useless. */
    int generation;
    /** A read is under way, whose end puts the lane back into the reader's order. */
    boolean reading;

    /**
     * As it was left.
     *
     * @param scanned up to where everything is decided
     */
    Lane(Source source, CursorState.Level start, long scanned) {
        this.source = source;
        level = start.number();
        pending = start.pending();
        takenTo = start.takenTo();
        readPosition = pending.count() == 0 ? scanned : pending.first();
    }

    /** Of a level of which nothing is pending. */
    Lane(Source source, int level, long takenTo, long scanned) {
        this(source, new CursorState.Level(level, takenTo, new PendingOffsets()), scanned);
    }

    long readPosition() {
        return readPosition;
    }

    /** After this much of the log was decided; a lane that has taken all before goes on behind it. */
    void decided(long before, long scanned) {
        if (readPosition >= before) {
            readPosition = Math.max(readPosition, scanned);
        }
    }

    /** A wanted record comes to the end of what is pending, and into memory. Nothing else may be pending and not in memory. */
    void take(long offset) {
        pending.addLast(offset);
        readPosition = Math.max(readPosition, offset + 1);
    }

    /** A wanted record comes to the end of what is pending. */
    void refer(long offset) {
        pending.addLast(offset);
    }

    /** The last one that was taken, and not delivered since, is not in memory any more. */
    void giveBack(long offset) {
        takenTo = Math.max(takenTo, takenTo(source.scanned()));
        generation++;
        buffer = null;
        readPosition = Math.min(readPosition, offset);
    }

    /** Reads again from the first that is pending. Nothing may be in the window or outstanding. */
    void rewind(long scanned) {
        takenTo = Math.max(takenTo, takenTo(scanned));
        generation++;
        buffer = null;
        readPosition = pending.count() == 0 ? scanned : pending.first();
    }

    /** Where that begins which was never taken; {@code decided} when there is no such thing before. */
    long takenTo(long decided) {
        long next = pending.firstFrom(readPosition);
        return Math.min(decided, next == PendingOffsets.NONE ? decided : Math.max(takenTo, next));
    }

    /** From now on nothing counts as taken that is decided later. */
    void takenUpTo(long scanned) {
        takenTo = scanned;
    }

    /** Nothing from here on was taken before the lane was last given back. */
    long takenTo() {
        return takenTo;
    }

    /** The first offset that is needed, if that is before {@code offset}. */
    long floor(long offset) {
        return pending.count() == 0 ? offset : Math.min(offset, pending.first());
    }

    /** Whether there are records to read that the feed does not bring. Moves over what no binding covers. */
    boolean isBehind() {
        long scanned = source.scanned();
        if (readPosition < scanned) {
            long next = pending.firstFrom(readPosition);
            readPosition = next == PendingOffsets.NONE ? scanned : Math.min(next, scanned);
        }
        if (source.isIndexed()) {
            return readPosition < scanned;
        }
        long target = source.target();
        if (readPosition >= scanned && !source.coverage.covers(readPosition)) {
            readPosition = Math.max(readPosition, Math.min(target, source.coverage.nextCovered(readPosition)));
            readOn();
        }
        return readPosition < target;
    }

    /** How many records are to be read at once: one by one where few of many are wanted. */
    int chunk(int most) {
        if (!source.isIndexed()) {
            return most;
        }
        long second = pending.firstFrom(readPosition + 1);
        return second == PendingOffsets.NONE || second - readPosition > SPARSE ? 1 : most;
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
            if (record.offset() < source.scanned() ? pending.contains(record.offset()) : source.wants(record)) {
                if (buffer == null) {
                    buffer = new ArrayDeque<>();
                }
                buffer.addLast(record);
            }
            readPosition = record.offset() + 1;
        }
        readOn();
    }

    /** What is pending from the read position on and before {@code offset} is not there any more: compaction has taken it. */
    private void forgetMissing(long offset) {
        for (long next = pending.firstFrom(readPosition); next != PendingOffsets.NONE && next < offset; next = pending.firstFrom(next)) {
            source.settled(this, next, Counter.DROPPED);
        }
    }

    /** With nothing buffered, what was read is decided. */
    private void readOn() {
        if (buffer == null) {
            source.decided(readPosition);
        }
    }

    /** The log begins here now. Returns how many are lost that were pending. */
    long startsAt(long start) {
        readPosition = Math.max(readPosition, start);
        return pending.removeBefore(start);
    }

    /** The log ends here now. */
    void endsAt(long end) {
        pending.removeFrom(end);
        readPosition = Math.min(readPosition, end);
    }

    /** Forgets all that is pending but what these offsets name. */
    void keepPending(Collection<Long> kept) {
        pending.clear();
        kept.forEach(pending::add);
    }

    /** Drops what is known and not in the window. */
    void skipTo(long scanned) {
        generation++;
        buffer = null;
        readPosition = scanned;
    }

    /** What was read and not yet taken is to be read again. */
    void dropBuffer() {
        Record first = firstBuffered();
        generation++;
        buffer = null;
        readPosition = Math.min(readPosition, first == null ? Long.MAX_VALUE : first.offset());
        readPosition = Math.min(readPosition, source.scanned());
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
        readOn();
    }

    /** The source is gone. */
    void clear() {
        generation++;
        buffer = null;
        pending.clear();
    }

    boolean isBusy() {
        return buffer != null || reading || pending.count() > 0;
    }
}
