package io.tributary.core.schedule;

import io.tributary.core.api.AbortedTransaction;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.UndecidedRow;
import io.tributary.core.schedule.index.WaitingRow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether transactions have ended in which records are to wait: those of a committed one wait from then on, those of an aborted one
 * end. Belongs to the schedule's thread.
 */
final class Decisions {
    private static final int AT_A_TIME = 1024;
    private static final int MAX_BYTES = 8 << 20;

    /** What is known of a transaction. */
    private enum Outcome { OPEN, COMMITTED, ABORTED }

    private final Topics topics;
    private final ScheduleLog log;
    private final IndexView view;
    private final RecordFetch fetch;
    private final Patience patience;
    private final InstantSource clock;
    /** Where the next look begins; null for the first row. */
    private @Nullable ScheduleKey from;

    Decisions(Topics topics, ScheduleLog log, IndexView view, RecordFetch fetch, Patience patience, InstantSource clock) {
        this.topics = topics;
        this.log = log;
        this.view = view;
        this.fetch = fetch;
        this.patience = patience;
        this.clock = clock;
    }

    /** Looks at a bounded number of records; tells whether anything was decided. Fails with STORAGE_FAILURE, and then looks again. */
    boolean look() {
        if (!view.mayHaveUndecided()) {
            return false;
        }
        List<UndecidedRow> rows = next();
        List<WaitingRow> committed = new ArrayList<>();
        List<WaitingRow> aborted = new ArrayList<>();
        Map<UndecidedRow, Outcome> known = new LinkedHashMap<>();
        for (UndecidedRow row : rows) {
            UndecidedRow batch = new UndecidedRow(new WaitingRow(new ScheduleKey(0, 0, 0), 0, 0, 0), row.topicId(), row.partition(),
                row.batchOffset(), row.producerId());
            switch (known.computeIfAbsent(batch, this::outcome)) {
                case COMMITTED -> committed.add(row.record());
                case ABORTED -> aborted.add(row.record());
                case OPEN -> { }
            }
        }
        if (!committed.isEmpty()) {
            patience.await(log.writeWaiting(waiting(committed), clock.millis()));
        }
        if (!aborted.isEmpty()) {
            patience.await(log.writeEnds(aborted, clock.millis()));
        }
        view.catchUp();
        return !committed.isEmpty() || !aborted.isEmpty();
    }

    private List<UndecidedRow> next() {
        List<UndecidedRow> rows = new ArrayList<>();
        long[] bytes = {0};
        view.scanUndecided(from, row -> {
            rows.add(row);
            bytes[0] += row.record().bytes();
            return rows.size() < AT_A_TIME && bytes[0] < MAX_BYTES;
        });
        from = rows.isEmpty() ? null : ScheduleRequests.successor(rows.get(rows.size() - 1).record().key());
        return rows;
    }

    private Outcome outcome(UndecidedRow batch) {
        Topic topic = topics.find(batch.topicId());
        if (topic == null) {
            return Outcome.ABORTED;
        }
        Partition partition = topic.partition(batch.partition());
        if (batch.batchOffset() >= partition.lastStableOffset()) {
            return Outcome.OPEN;
        }
        try {
            for (AbortedTransaction aborted : patience.await(partition.readCommitted(batch.batchOffset(), 1)).aborted()) {
                if (aborted.producerId() == batch.producerId() && aborted.firstOffset() <= batch.batchOffset()) {
                    return Outcome.ABORTED;
                }
            }
        } catch (BrokerException failure) {
            if (failure.code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
                throw failure;
            }
            // Retention was faster than this look: nobody knows any more, and what was acknowledged is not to be lost.
        }
        return Outcome.COMMITTED;
    }

    private Map<ScheduleKey, byte[]> waiting(List<WaitingRow> rows) {
        Map<Long, Record> records = fetch.fetch(rows);
        Map<ScheduleKey, byte[]> waiting = new LinkedHashMap<>();
        for (WaitingRow row : rows) {
            Record record = records.get(row.offset());
            byte[] value = record == null ? null : record.value();
            if (value != null && Undecided.isOne(value)) {
                waiting.put(row.key(), Undecided.decode(value).waiting());
            }
        }
        return waiting;
    }
}
