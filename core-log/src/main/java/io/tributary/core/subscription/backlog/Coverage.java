package io.tributary.core.subscription.backlog;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.state.BoundRange;
import java.util.ArrayList;
import java.util.List;

/** What the bindings of a subscription take of one partition: the ranges of each, without what other sources take. */
public final class Coverage {
    private final TopicName topic;
    private final long end;
    private final List<BoundRange> exclusions;
    private final List<BoundRange> ranges;

    /**
     * These ranges, to which others may be added.
     *
     * @param end        exclusive: nothing from here on is taken
     * @param exclusions what these take is not taken
     */
    public Coverage(TopicName topic, long end, List<BoundRange> exclusions, List<BoundRange> ranges) {
        this.topic = topic;
        this.end = end;
        this.exclusions = exclusions;
        this.ranges = new ArrayList<>(ranges);
    }

    /** As it is now. */
    public Coverage copy() {
        return new Coverage(topic, end, exclusions, ranges);
    }

    public void add(BoundRange range) {
        ranges.add(range);
    }

    public List<BoundRange> ranges() {
        return List.copyOf(ranges);
    }

    public List<BoundRange> exclusions() {
        return exclusions;
    }

    /** Whether a binding takes the record. */
    public boolean takes(Record record) {
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

    /** Whether every record of these offsets is taken, whatever it is. */
    public boolean takesAll(long from, long to) {
        return exclusions.isEmpty() && to <= end && ranges.stream()
            .anyMatch(range -> range.binding().filter() instanceof Filter.All && range.from() <= from && range.to() >= to);
    }

    /** Whether some record of these offsets may be taken. */
    public boolean touches(long from, long to) {
        return ranges.stream().anyMatch(range -> range.from() < to && range.to() > from);
    }

    /** Whether any range has the offset. */
    public boolean covers(long offset) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).covers(offset)) {
                return true;
            }
        }
        return false;
    }

    /** Where the next range begins at or after {@code offset}, or {@link Long#MAX_VALUE}. */
    public long nextCovered(long offset) {
        long next = Long.MAX_VALUE;
        for (BoundRange range : ranges) {
            if (range.from() >= offset && range.from() < range.to()) {
                next = Math.min(next, range.from());
            }
        }
        return next;
    }

    /** Whether the binding is in force. */
    public boolean isOpen(Binding binding) {
        return ranges.stream().anyMatch(range -> range.isOpen() && range.binding().equals(binding));
    }

    /** Ends the binding's range before {@code offset}. */
    public void end(Binding binding, long offset) {
        ranges.replaceAll(range -> range.isOpen() && range.binding().equals(binding) ? range.endingAt(offset) : range);
    }

    /** Whether no binding in force takes anything more. */
    public boolean hasEnded() {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).isOpen()) {
                return false;
            }
        }
        return true;
    }

    /** Whether nothing is covered from {@code offset} on. */
    public boolean isPassedBy(long offset) {
        for (BoundRange range : ranges) {
            if (offset < range.to() && range.from() < range.to()) {
                return false;
            }
        }
        return true;
    }

    /** Of all ranges. */
    public List<Filter> filters() {
        return ranges.stream().map(range -> range.binding().filter()).distinct().toList();
    }
}
