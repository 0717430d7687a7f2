package io.tributary.core.schedule;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Picks what a round appends: the next rows that are due, in their order, at most {@value #MAX_ROWS} and about {@value #MAX_BYTES} bytes,
 * in one batch for each partition. That is all the memory that waiting records ever take. Belongs to the schedule's thread.
 */
final class RoundPlanner {
    static final int MAX_ROWS = 4096;
    private static final int MAX_BYTES = 8 << 20;

    private final Topics topics;
    private final IndexView view;
    private final RecordFetch fetch;
    private final DueCursor cursor;
    private final HeldTargets held;
    private final Seldom troubles;

    /** Of one view. */
    RoundPlanner(Topics topics, IndexView view, RecordFetch fetch, DueCursor cursor, HeldTargets held, Seldom troubles) {
        this.topics = topics;
        this.view = view;
        this.fetch = fetch;
        this.cursor = cursor;
        this.held = held;
        this.troubles = troubles;
    }

    /** The plan of a round while it is made. */
    private static final class Draft {
        final Map<PartitionId, TargetBatch> batches = new LinkedHashMap<>();
        final List<WaitingRow> ended = new ArrayList<>();
        final List<ScheduleKey> gone = new ArrayList<>();
        /** Targets whose next records must wait for another round. */
        final Set<Long> full = new HashSet<>();

        Plan plan() {
            return new Plan(new ArrayList<>(batches.values()), ended, ended.size(), gone);
        }
    }

    /** What is due at a time; nothing if nothing is. */
    Plan plan(long nowMs, long nowNanos) {
        List<WaitingRow> rows = pick(nowMs);
        Set<WaitingRow> unreadable = new HashSet<>();
        Map<Long, Record> records = fetch.fetch(rows, unreadable);
        Draft draft = new Draft();
        for (WaitingRow row : rows) {
            if (unreadable.contains(row)) {
                // It alone: the log's other records are whole, and nobody knows how long this one will not be.
                troubles.warn("the waiting record at offset " + row.offset() + " cannot be read, which is tried again");
                held.hold(~row.offset(), row.key(), nowNanos);
            } else if (draft.full.contains(row.target())) {
                cursor.lower(row.key());
            } else if (held.isHeld(row.target())) {
                held.passOver(row.target(), row.key());
            } else {
                place(row, records.get(row.offset()), draft, nowNanos);
            }
        }
        return draft.plan();
    }

    private List<WaitingRow> pick(long nowMs) {
        List<WaitingRow> picked = new ArrayList<>();
        // Where the look ended; within the visitor it cannot be a variable.
        ScheduleKey[] end = {cursor.from()};
        long[] bytesAndDue = {0, DueCursor.NEVER};
        view.scan(cursor.from(), row -> {
            if (row.key().dueMs() > nowMs || picked.size() == MAX_ROWS || bytesAndDue[0] > MAX_BYTES) {
                bytesAndDue[1] = row.key().dueMs();
                return false;
            }
            end[0] = new ScheduleKey(row.key().dueMs(), row.key().run(), row.key().number() + 1);
            if (held.isHeld(row.target())) {
                held.passOver(row.target(), row.key());
            } else {
                picked.add(row);
                bytesAndDue[0] += row.bytes();
            }
            return true;
        });
        cursor.advance(end[0], bytesAndDue[1]);
        return picked;
    }

    private void place(WaitingRow row, @Nullable Record record, Draft draft, long nowNanos) {
        if (record == null || !row.key().equals(ScheduleLog.keyOf(record)) || record.value() == null) {
            draft.gone.add(row.key());
            return;
        }
        Envelope envelope;
        try {
            envelope = Envelope.decode(record.value());
        } catch (BrokerException unreadable) {
            troubles.warn("a waiting record cannot be read, and stays where it is: " + unreadable.getMessage());
            held.hold(row.target(), row.key(), nowNanos);
            return;
        }
        Topic topic = topics.find(envelope.topicId());
        if (topic == null) {
            troubles.warn("records for the topic " + envelope.topic() + " were due, and dropped because it was deleted");
            draft.ended.add(row);
            return;
        }
        try {
            TargetCheck.require(topic, envelope);
        } catch (BrokerException refused) {
            troubles.warn("records for the topic " + envelope.topic() + " were due, and dropped: " + refused.getMessage());
            draft.ended.add(row);
            return;
        }
        int partition = TargetCheck.partition(topic, envelope);
        TargetBatch batch =
            draft.batches.computeIfAbsent(new PartitionId(topic.name(), partition), id -> new TargetBatch(topic, partition));
        if (batch.takes(envelope)) {
            batch.add(row, envelope);
        } else {
            draft.full.add(row.target());
            cursor.lower(row.key());
        }
    }

    /**
     * What a claim of an earlier process, or one that a failure broke off, leaves to be done. A batch of which any record was ended is in
     * its log; any other may be, and is appended again as it was.
     */
    Plan finish(Claim claim) {
        List<TargetBatch> batches = new ArrayList<>();
        List<WaitingRow> ended = new ArrayList<>();
        int dropped = 0;
        for (Claim.Group group : claim.groups()) {
            List<WaitingRow> waiting = group.rows().stream().filter(row -> view.find(row.key()) != null).toList();
            Map<Long, Record> records = fetch.fetch(waiting);
            Topic topic = topics.find(group.topicId());
            if (topic == null || records.size() < group.rows().size()) {
                ended.addAll(waiting);
                dropped += topic == null ? waiting.size() : 0;
            } else {
                batches.add(batch(topic, group, records));
            }
        }
        return new Plan(batches, ended, dropped, List.of());
    }

    private static TargetBatch batch(Topic topic, Claim.Group group, Map<Long, Record> records) {
        TargetBatch batch = new TargetBatch(topic, group.partition());
        for (WaitingRow row : group.rows()) {
            batch.add(row, Envelope.decode(Objects.requireNonNull(records.get(row.offset())).value()));
        }
        return batch;
    }
}
