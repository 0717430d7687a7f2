package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.state.BoundRange;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.PendingOffsets;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Counter;
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
    /** Of the partition's past, what these took is not taken again. */
    final List<BoundRange> exclusions;
    final PendingOffsets pending;
    private final List<BoundRange> ranges = new ArrayList<>(1);

    private long scanned;
    private long readPosition;
    /** Of an indexed source: nothing from here on was ever taken. */
    private long takenTo;
    /** What was pending below here when the process ended without notice may have been delivered. */
    private long suspectBelow;
    private @Nullable Map<Long, Integer> deliveries;
    private @Nullable ArrayDeque<Record> buffer;
    /** Of the values of what is pending; where they do not count, none. */
    private @Nullable Map<Long, Integer> sizes;
    private long pendingBytes;
    private boolean removed;
    private long lost;
    /** What lies before came in an earlier process, and is not counted as published in this one. */
    private long countedFrom;
    /** An offset and its record's timestamp, so that the age of the first record that is not settled is read once. */
    private long datedOffset = PendingOffsets.NONE;
    private long datedTimestamp;

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
        this.exclusions = start.exclusions();
        CursorState state = start.state();
        pending = state.pending();
        scanned = state.scanned();
        // After a crash what is suspect is news, too.
        writtenPosition = state.suspectBelow() > 0 ? -1 : scanned;
        suspectBelow = state.suspectBelow();
        deliveries = state.deliveries().isEmpty() ? null : new HashMap<>(state.deliveries());
        readPosition = pending.count() == 0 ? scanned : pending.first();
        takenTo = scanned;
        ranges.addAll(start.ranges());
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
        if (whole || !isIndexed() || readPosition >= scanned) {
            return new CursorState(position(), pending, counts, suspectBelow);
        }
        long taken = Math.max(takenTo, readPosition);
        return new CursorState(taken, pending.before(taken), counts, suspectBelow);
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
            boolean loaded = readPosition >= scanned;
            pending.addLast(offset);
            countPublished(offset);
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
        countPublished(record.offset());
        noteSize(record);
        scanned = record.offset() + 1;
    }

    private void countPublished(long offset) {
        if (offset >= countedFrom) {
            intake.tally().count(Counter.PUBLISHED);
        }
    }

    /** What is there now was published to an earlier process. */
    void countFromHere() {
        countedFrom = feed.limit();
    }

    /** How many records were published that it takes and has not looked at; of those that a filter is to find, none. */
    long undecided() {
        return undecidedBefore(Math.min(end, feed.limit()));
    }

    private long undecidedBefore(long to) {
        long from = Math.max(position(), countedFrom);
        return from < to && takesAll(from, to) ? to - from : 0;
    }

    /** Whether it takes every record from one offset to before the other. */
    boolean takesAll(long from, long to) {
        return exclusions.isEmpty() && ranges.stream()
            .anyMatch(range -> range.binding().filter() instanceof Filter.All && range.from() <= from && range.to() >= to);
    }

    /** Where the oldest record lies that is known not to be settled, or {@link PendingOffsets#NONE}. */
    long firstUnsettled() {
        if (pending.count() > 0) {
            return pending.first();
        }
        long from = Math.max(position(), partition.logStartOffset());
        long to = Math.min(end, feed.limit());
        return from < to && takesAll(from, to) ? from : PendingOffsets.NONE;
    }

    /** Remembers a record's timestamp. */
    void date(long offset, long timestamp) {
        datedOffset = offset;
        datedTimestamp = timestamp;
    }

    boolean isDated(long offset) {
        return offset != PendingOffsets.NONE && datedOffset == offset;
    }

    /** Of the record that was last dated. */
    long datedTimestamp() {
        return datedTimestamp;
    }

    private void noteSize(Record record) {
        byte[] value = record.value();
        if (intake.countsBytes() && value != null) {
            if (sizes == null) {
                sizes = new HashMap<>();
            }
            sizes.put(record.offset(), value.length);
            pendingBytes += value.length;
        }
    }

    private void forgetSize(long offset) {
        Integer size = sizes == null ? null : sizes.remove(offset);
        pendingBytes -= size == null ? 0 : size;
    }

    /** Of the values of what is pending, as far as they are known. */
    long pendingBytes() {
        return pendingBytes;
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
            if (record.offset() >= scanned && record.offset() < limit && matches(record)) {
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

    /** Settled for good; as what that counts. */
    void settled(long offset, Counter as) {
        if (pending.remove(offset)) {
            intake.tally().count(as);
            forgetSize(offset);
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
        if (readPosition >= scanned && !isCovered(readPosition)) {
            readPosition = Math.max(readPosition, Math.min(target, nextCovered(readPosition)));
            if (buffer == null) {
                scanned = Math.max(scanned, readPosition);
            }
        }
        return readPosition < target;
    }

    /** Whether there is something to decide about that the feed does not bring. Moves over what no binding covers. */
    boolean isUndecided() {
        long target = target();
        if (!isCovered(scanned)) {
            boolean loaded = readPosition >= scanned;
            scanned = Math.max(scanned, Math.min(target, nextCovered(scanned)));
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
            settled(next, Counter.DROPPED);
        }
    }

    /** The partition no longer has what is asked for: goes on at its start, or at its end when it has become shorter. */
    void outOfRange() {
        long start = partition.logStartOffset();
        long limit = feed.limit();
        if (readPosition < start) {
            lost += start - readPosition;
            long unseen = undecidedBefore(Math.min(end, start));
            intake.tally().add(Counter.PUBLISHED, unseen);
            intake.tally().add(Counter.DROPPED, unseen + pending.removeBefore(start));
            forgetSizesBefore(start);
            readPosition = start;
            scanned = Math.max(scanned, start);
        } else if (seen() > limit) {
            pending.removeFrom(limit);
            readPosition = Math.min(readPosition, limit);
            scanned = Math.min(scanned, limit);
        }
        touch();
    }

    private void forgetSizesBefore(long offset) {
        if (sizes != null) {
            List.copyOf(sizes.keySet()).stream().filter(each -> each < offset).forEach(this::forgetSize);
        }
    }

    /** Forgets all that is pending but what these offsets name. */
    void keepPending(List<Long> kept) {
        pending.clear();
        kept.forEach(pending::add);
        if (sizes != null) {
            List.copyOf(sizes.keySet()).stream().filter(each -> !pending.contains(each)).forEach(this::forgetSize);
        }
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
        intake.tally().add(Counter.PUBLISHED, undecidedBefore(Math.min(end, offset)));
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

    /** Of all its ranges. */
    List<Filter> filters() {
        return ranges.stream().map(range -> range.binding().filter()).distinct().toList();
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
