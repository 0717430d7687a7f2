package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.backlog.Coverage;
import io.tributary.core.subscription.backlog.PendingSizes;
import io.tributary.core.subscription.policy.PriorityLevels;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.PendingOffsets;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's place in one partition. Offsets before {@code scanned} are decided: settled, not wanted, or pending in one of its
 * lanes. From there on nothing is known yet. What is pending need not be in memory: after a restart or an idle time the partition is read
 * once more, and of what lies before {@code scanned} only the pending records are taken.
 *
 * <p>An indexed source is decided as soon as something is published, whether it is asked for or not: then what is pending and was not
 * read are references to records that were never in memory. They are not written down: after a crash they are found again.
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
    final Coverage coverage;
    /** Set, and changed, by the intake. */
    Portion portion;
    /** Null where they do not count. */
    private final @Nullable PendingSizes sizes;
    private final Lane base;
    /** By level, but for the lowest; null where there is one level. */
    private final @Nullable Lane @Nullable [] higher;

    private long scanned;
    /** Before here an earlier process had decided, but for what is behind each lane's place. With one lane that is all the same. */
    private final long known;
    /** What was pending below here when the process ended without notice may have been delivered. */
    private long suspectBelow;
    private @Nullable Map<Long, Integer> deliveries;
    private boolean removed;
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
    /** A read of what is not decided is under way. */
    boolean indexing;
    /** Where the feed has to be before the next is delivered by its priority. */
    long mark;
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
        portion = intake.portions().get(0);
        this.end = start.end();
        coverage = new Coverage(start.topic(), start.end(), start.exclusions(), start.ranges());
        sizes = intake.countsBytes() ? new PendingSizes() : null;
        CursorState state = start.state();
        scanned = state.scanned();
        higher = intake.levels().any() ? new Lane[intake.levels().highest()] : null;
        known = higher == null ? scanned : state.known();
        CursorState.Level lowest = state.level(0);
        base = lowest == null ? new Lane(this, 0, known, scanned) : new Lane(this, lowest, scanned);
        for (int i = 0; higher != null && i < higher.length; i++) {
            CursorState.Level level = state.level(i + 1);
            higher[i] = level == null ? null : new Lane(this, level, scanned);
        }
        // After a crash what is suspect is news, too.
        writtenPosition = state.suspectBelow() > 0 ? -1 : scanned;
        suspectBelow = state.suspectBelow();
        deliveries = state.deliveries().isEmpty() ? null : new HashMap<>(state.deliveries());
    }

    /** Whether it is to be decided as soon as something is published. */
    boolean isIndexed() {
        return intake.isIndexed() && (number == MAIN || higher != null);
    }

    /** Begins or ends to be indexed. Must not be live. */
    void indexedChanged() {
        base.dropBuffer();
        base.takenUpTo(scanned);
        touch();
    }

    /** The lane of a level; null when nothing ever was of it. */
    @Nullable Lane lane(int level) {
        return level == 0 || higher == null ? base : higher[level - 1];
    }

    /** The lane that the record belongs to, made if need be. */
    Lane laneOf(Record record) {
        int level = intake.levels().of(record);
        Lane lane = lane(level);
        if (lane == null) {
            lane = new Lane(this, level, record.offset(), record.offset());
            if (higher != null) {
                higher[level - 1] = lane;
            }
        }
        return lane;
    }

    void forEachLane(Consumer<Lane> visitor) {
        visitor.accept(base);
        for (int i = 0; higher != null && i < higher.length; i++) {
            Lane lane = higher[i];
            if (lane != null) {
                visitor.accept(lane);
            }
        }
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
        boolean finding = scanned < known;
        long decided = Math.max(position(), known);
        List<CursorState.Level> levels = new ArrayList<>(1);
        forEachLane(lane -> {
            long takenTo = !isIndexed() ? decided : finding ? lane.takenTo() : lane.takenTo(decided);
            if (takenTo < decided || lane.pending.count() > 0) {
                boolean all = whole || takenTo >= decided;
                levels.add(new CursorState.Level(lane.level, takenTo, all ? lane.pending : lane.pending.before(takenTo)));
            }
        });
        long from = whole ? position() : decided;
        for (CursorState.Level level : levels) {
            from = whole ? from : Math.min(from, level.takenTo());
        }
        return new CursorState(from, decided, levels, counts, suspectBelow);
    }

    /** A state was written. */
    void written(CursorState state) {
        dirty = false;
        writtenPosition = state.scanned() < state.known() ? -1 : state.scanned();
    }

    /** Whether it is as it was written, or as it would be without. */
    boolean isWritten() {
        return !dirty && writtenPosition == position();
    }

    /** Whether a record that is not decided is to be taken. */
    boolean wants(Record record) {
        return !isKnown(record) && coverage.takes(record);
    }

    /** Whether an earlier process has decided about a record that is not decided. */
    private boolean isKnown(Record record) {
        if (record.offset() >= known) {
            return false;
        }
        Lane lane = lane(intake.levels().of(record));
        return lane == null || record.offset() < lane.takenTo();
    }

    /** Makes the entry of a wanted record, which from now on is pending. */
    Entry take(Lane lane, Record record, long order) {
        long offset = record.offset();
        if (offset >= scanned) {
            lane.take(offset);
            countPublished(offset);
            noteSize(record);
            scanned = offset + 1;
            touch();
        }
        Entry entry = new Entry(lane, record, order);
        Integer count = deliveries == null ? null : deliveries.remove(offset);
        entry.deliveries = count == null ? 0 : count;
        entry.redelivered = count != null || offset < suspectBelow;
        return entry;
    }

    /** Notes a wanted record without taking it. Nothing behind it may be decided. */
    void refer(Lane lane, Record record) {
        lane.refer(record.offset());
        countPublished(record.offset());
        noteSize(record);
        scanned = record.offset() + 1;
        portion.referred(lane);
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
        return from < to && coverage.takesAll(from, to) ? to - from : 0;
    }

    /** Where the oldest record lies that is known not to be settled, or {@link PendingOffsets#NONE}. */
    long firstUnsettled() {
        if (pendingCount() > 0) {
            return floor();
        }
        long from = Math.max(position(), partition.logStartOffset());
        long to = Math.min(end, feed.limit());
        return from < to && coverage.takesAll(from, to) ? from : PendingOffsets.NONE;
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

    /** Decides about what was read from {@code scanned} on; an empty read means that nothing lies before {@code limit}. */
    void index(List<Record> records, long limit) {
        long next = records.isEmpty() ? limit : Math.min(limit, records.get(records.size() - 1).offset() + 1);
        for (Record record : records) {
            if (record.offset() >= scanned && record.offset() < limit && wants(record)) {
                refer(laneOf(record), record);
            }
        }
        decided(next);
    }

    /** A live feed has passed this record. */
    void passed(long offset) {
        decided(offset + 1);
    }

    /** All before {@code offset} is decided. */
    void decided(long offset) {
        long before = scanned;
        scanned = Math.max(scanned, offset);
        if (!isIndexed()) {
            base.decided(before, scanned);
        }
    }

    /** Settled for good; as what that counts. */
    void settled(Lane lane, long offset, Counter as) {
        if (lane.pending.remove(offset)) {
            intake.tally().count(as);
            if (sizes != null) {
                sizes.remove(offset);
            }
            touch();
        }
    }

    /** Settled for good, whatever its priority. */
    void settled(long offset, Counter as) {
        forEachLane(lane -> settled(lane, offset, as));
    }

    long pendingCount() {
        long count = base.pending.count();
        for (int i = 0; higher != null && i < higher.length; i++) {
            Lane lane = higher[i];
            count += lane == null ? 0 : lane.pending.count();
        }
        return count;
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
        scanned = position();
        forEachLane(lane -> lane.rewind(scanned));
    }

    /** Up to where everything is decided. */
    long position() {
        return isLive() ? Math.max(scanned, feed.position()) : scanned;
    }

    /** The first offset that is still needed. */
    long floor() {
        long first = base.floor(position());
        for (int i = 0; higher != null && i < higher.length; i++) {
            Lane lane = higher[i];
            first = lane == null ? first : lane.floor(first);
        }
        return first;
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

    /** Whether there is something to decide about that the feed does not bring. Moves over what no binding covers. */
    boolean isUndecided() {
        long target = target();
        if (!coverage.covers(scanned)) {
            decided(Math.min(target, coverage.nextCovered(scanned)));
        }
        return scanned < target;
    }

    PartitionProgress progress() {
        return new PartitionProgress(partition.id(), floor(), Math.max(0, position() - floor() - pendingCount()));
    }

    /** How far it may read now. */
    long limit() {
        return isIndexed() ? scanned : Math.min(end, feed.limit());
    }

    long scanned() {
        return scanned;
    }

    /** Everything before has been looked at. */
    long seen() {
        return isIndexed() ? scanned : Math.max(scanned, base.readPosition());
    }

    long target() {
        return Math.min(end, feed.hasLive() ? feed.position() : feed.limit());
    }

    /** The partition no longer has what is asked for: goes on at its start, or at its end when it has become shorter. */
    void outOfRange() {
        long start = partition.logStartOffset();
        long limit = feed.limit();
        long unseen = undecidedBefore(Math.min(end, start));
        intake.tally().add(Counter.PUBLISHED, unseen);
        intake.tally().add(Counter.DROPPED, unseen);
        forEachLane(lane -> intake.tally().add(Counter.DROPPED, lane.startsAt(start)));
        forgetSizes(each -> each < start);
        scanned = Math.max(scanned, start);
        if (seen() > limit) {
            forEachLane(lane -> lane.endsAt(limit));
            scanned = Math.min(scanned, limit);
        }
        touch();
    }

    /** Its successor begins at {@code offset}: what is before, and not settled, is dropped. */
    void skipped(long offset) {
        intake.tally().add(Counter.PUBLISHED, undecided());
        intake.tally().add(Counter.DROPPED, undecidedBefore(Math.min(end, offset)));
        forEachLane(lane -> intake.tally().add(Counter.DROPPED, lane.startsAt(offset)));
    }

    /** Forgets all that is pending but what is given of it. */
    void keepPending(Map<Lane, List<Long>> kept) {
        forEachLane(lane -> lane.keepPending(kept.getOrDefault(lane, List.of())));
        Set<Long> rest = new HashSet<>();
        kept.forEach((lane, offsets) -> rest.addAll(lane.source == this ? offsets : List.of()));
        forgetSizes(each -> !rest.contains(each));
    }

    /** Looks again at what was read and not yet taken, for there is a new binding. */
    void dropBuffer() {
        forEachLane(Lane::dropBuffer);
    }

    /** Drops what is known and not in the window, and all that is before {@code offset}. */
    void skipTo(long offset) {
        intake.tally().add(Counter.PUBLISHED, undecidedBefore(Math.min(end, offset)));
        scanned = Math.max(position(), offset);
        forEachLane(lane -> lane.skipTo(scanned));
        deliveries = null;
        touch();
    }

    /** Whether no binding in force takes anything more. */
    boolean hasEnded() {
        return coverage.hasEnded();
    }

    /** Whether all that its ended bindings took is settled. */
    boolean isDone() {
        if (!hasEnded() || !coverage.isPassedBy(position())) {
            return false;
        }
        boolean[] busy = {indexing};
        forEachLane(lane -> busy[0] |= lane.isBusy());
        return !busy[0];
    }

    long suspectBelow() {
        return suspectBelow;
    }

    Map<Long, Integer> deliveries() {
        return deliveries == null ? Map.of() : deliveries;
    }

    void remove() {
        stopLive();
        removed = true;
        forEachLane(Lane::clear);
        feed.remove(this);
    }

    /** Tells of records that are not decided now about which an earlier process has decided; null when there are none. */
    @Nullable Predicate<Record> known() {
        if (scanned >= known) {
            return null;
        }
        PriorityLevels levels = intake.levels();
        long[] bounds = new long[levels.highest() + 1];
        Arrays.fill(bounds, known);
        forEachLane(lane -> bounds[lane.level] = Math.min(known, lane.takenTo()));
        return record -> record.offset() < bounds[levels.of(record)];
    }

    boolean isRemoved() {
        return removed;
    }
}
