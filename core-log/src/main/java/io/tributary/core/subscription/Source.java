package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's place in one partition. Offsets before {@code scanned} are decided: settled, not wanted, or in {@code pending}.
 * From there on nothing is known yet. What is pending need not be in memory: after a restart or an idle time the partition is read from
 * {@code readPosition} once more, and of what lies before {@code scanned} only the pending records are taken.
 */
final class Source {
    /** The number of the source that takes what is published; others deliver a new binding's past. */
    static final int MAIN = 0;

    final Intake intake;
    final PartitionKey key;
    final int number;
    final TopicName topic;
    final Partition partition;
    final PartitionFeed feed;
    /** Exclusive: what lies from here on is another source's. */
    final long end;
    /** Of the partition's past, what these took is not taken again. */
    final List<BoundRange> exclusions;
    final PendingOffsets pending;
    private final List<BoundRange> ranges = new ArrayList<>(1);

    private long scanned;
    private long readPosition;
    /** What was pending below here when the process ended without notice may have been delivered. */
    private long suspectBelow;
    private @Nullable Map<Long, Integer> deliveries;
    private @Nullable ArrayDeque<Record> buffer;
    private boolean removed;
    private long lost;

    /** Its place in the feed's lists; -1 when it is in none. */
    int feedIndex = -1;
    int liveIndex = -1;
    /** Counts what makes a read under way useless. */
    int generation;
    /** A read is under way, whose end puts the source back into the reader's order. */
    boolean reading;
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
        this.exclusions = start.exclusions();
        CursorState state = start.state();
        pending = state.pending();
        scanned = state.scanned();
        // After a crash what is suspect is news, too.
        writtenPosition = state.suspectBelow() > 0 ? -1 : scanned;
        suspectBelow = state.suspectBelow();
        deliveries = state.deliveries().isEmpty() ? null : new HashMap<>(state.deliveries());
        readPosition = pending.count() == 0 ? scanned : pending.first();
        ranges.addAll(start.ranges());
    }

    /** It is no longer as it was written. */
    void touch() {
        if (!dirty) {
            dirty = true;
            intake.changed(this);
        }
    }

    void written() {
        dirty = false;
        writtenPosition = position();
    }

    /** Whether it is as it was written, or as it would be without. */
    boolean isWritten() {
        return !dirty && writtenPosition == position();
    }

    /** Whether the record is to be taken, now or once more. */
    boolean wants(Record record) {
        return record.offset() < scanned ? pending.contains(record.offset()) : matches(record);
    }

    private boolean matches(Record record) {
        if (record.offset() >= end) {
            return false;
        }
        boolean taken = false;
        for (int i = 0; i < ranges.size() && !taken; i++) {
            taken = ranges.get(i).takes(topic, record);
        }
        for (int i = 0; i < exclusions.size() && taken; i++) {
            taken = !exclusions.get(i).takes(topic, record);
        }
        return taken;
    }

    /** Makes the entry of a wanted record, which from now on is pending. */
    Entry take(Record record, long order) {
        long offset = record.offset();
        if (offset >= scanned) {
            pending.addLast(offset);
            scanned = offset + 1;
            touch();
        }
        Entry entry = new Entry(this, record, order);
        Integer count = deliveries == null ? null : deliveries.remove(offset);
        entry.deliveries = count == null ? 0 : count;
        entry.redelivered = count != null || offset < suspectBelow;
        return entry;
    }

    /** A live feed has passed this record. */
    void passed(long offset) {
        scanned = Math.max(scanned, offset + 1);
        readPosition = Math.max(readPosition, offset + 1);
    }

    /** Settled for good. */
    void settled(long offset) {
        if (pending.remove(offset)) {
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
        if (readPosition >= scanned && !isCovered(readPosition)) {
            readPosition = Math.max(readPosition, Math.min(target, nextCovered(readPosition)));
            if (buffer == null) {
                scanned = Math.max(scanned, readPosition);
            }
        }
        return readPosition < target;
    }

    private long target() {
        return Math.min(end, feed.hasLive() ? feed.position() : feed.limit());
    }

    private boolean isCovered(long offset) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).covers(offset)) {
                return true;
            }
        }
        return false;
    }

    private long nextCovered(long offset) {
        long next = Long.MAX_VALUE;
        for (BoundRange range : ranges) {
            if (range.from() >= offset && range.from() < range.to()) {
                next = Math.min(next, range.from());
            }
        }
        return next;
    }

    long readPosition() {
        return readPosition;
    }

    /** Keeps what is wanted of what was read; an empty read means that nothing lies before {@code limit}. */
    void arrived(List<Record> records, long limit) {
        if (records.isEmpty()) {
            readPosition = Math.max(readPosition, limit);
        }
        for (Record record : records) {
            if (record.offset() < readPosition) {
                continue;
            }
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

    /** The partition no longer has what is asked for: goes on at its start, or at its end when it has become shorter. */
    void outOfRange() {
        long start = partition.logStartOffset();
        long limit = feed.limit();
        if (readPosition < start) {
            lost += start - readPosition;
            pending.removeBefore(start);
            readPosition = start;
            scanned = Math.max(scanned, start);
        } else if (readPosition > limit) {
            pending.removeFrom(limit);
            readPosition = limit;
            scanned = Math.min(scanned, limit);
        }
        touch();
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
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).isOpen()) {
                return false;
            }
        }
        return true;
    }

    /** Whether all that its ended bindings took is settled. */
    boolean isDone() {
        if (!hasEnded() || pending.count() > 0 || buffer != null || reading) {
            return false;
        }
        for (BoundRange range : ranges) {
            if (position() < range.to() && range.from() < range.to()) {
                return false;
            }
        }
        return true;
    }

    List<BoundRange> ranges() {
        return ranges;
    }

    /** Ends the binding's range before {@code offset}. */
    void endRange(Binding binding, long offset) {
        ranges.replaceAll(range -> range.isOpen() && range.binding().equals(binding) ? range.endingAt(offset) : range);
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
