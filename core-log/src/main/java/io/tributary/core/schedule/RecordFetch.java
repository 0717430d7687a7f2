package io.tributary.core.schedule;

import io.tributary.core.api.Partition;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Reads waiting records from the schedule's log. Rows that lie near each other there, as those of one delay do, are read together, others
 * one by one, a few at a time, so that the readers of other logs are not held up.
 */
final class RecordFetch {
    private static final int NEAR = 64;
    private static final int AT_A_TIME = 8;
    private static final int MAX_READ_BYTES = 1 << 20;

    private final Partition partition;
    private final Patience patience;

    RecordFetch(Partition partition, Patience patience) {
        this.partition = partition;
        this.patience = patience;
    }

    /** The records by offset; those that are not in the log any more are missing. Blocks; fails when one of them cannot be read. */
    Map<Long, Record> fetch(List<WaitingRow> rows) {
        return fetch(rows, failure -> {
            throw failure;
        });
    }

    /** As {@link #fetch(List)}; rows that cannot be read are missing too, and are added to {@code unreadable}. */
    Map<Long, Record> fetch(List<WaitingRow> rows, Set<WaitingRow> unreadable) {
        List<BrokerException> failures = new ArrayList<>();
        Map<Long, Record> found = fetch(rows, failures::add);
        if (failures.isEmpty()) {
            return found;
        }
        // A batch that does not check must not take its neighbours along: one by one.
        for (WaitingRow row : rows) {
            if (!found.containsKey(row.offset())) {
                fetch(List.of(row), failure -> unreadable.add(row)).forEach(found::put);
            }
        }
        return found;
    }

    private Map<Long, Record> fetch(List<WaitingRow> rows, Consumer<BrokerException> failed) {
        List<WaitingRow> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparingLong(WaitingRow::offset));
        Map<Long, Record> found = new HashMap<>();
        List<CompletableFuture<List<Record>>> underWay = new ArrayList<>();
        for (int from = 0; from < sorted.size();) {
            int to = endOfRun(sorted, from);
            underWay.add(read(sorted.get(from).offset(), sorted.get(to - 1).offset(), bytes(sorted, from, to)).toCompletableFuture());
            if (underWay.size() == AT_A_TIME) {
                collect(underWay, found, failed);
            }
            from = to;
        }
        collect(underWay, found, failed);
        found.keySet().retainAll(offsets(sorted));
        return found;
    }

    private static int endOfRun(List<WaitingRow> sorted, int from) {
        int to = from + 1;
        while (to < sorted.size() && sorted.get(to).offset() - sorted.get(to - 1).offset() <= NEAR) {
            to++;
        }
        return to;
    }

    private static Set<Long> offsets(List<WaitingRow> rows) {
        Set<Long> offsets = new HashSet<>();
        rows.forEach(row -> offsets.add(row.offset()));
        return offsets;
    }

    private void collect(List<CompletableFuture<List<Record>>> underWay, Map<Long, Record> found, Consumer<BrokerException> failed) {
        for (CompletableFuture<List<Record>> read : underWay) {
            try {
                patience.await(read).forEach(record -> found.put(record.offset(), record));
            } catch (BrokerException failure) {
                failed.accept(failure);
            }
        }
        underWay.clear();
    }

    /** About what the run has in the log with the records between; a read gives a whole batch at least. */
    private static int bytes(List<WaitingRow> sorted, int from, int to) {
        long bytes = 0;
        for (WaitingRow row : sorted.subList(from, to)) {
            bytes += row.bytes();
        }
        long span = sorted.get(to - 1).offset() - sorted.get(from).offset();
        return (int) Math.min(MAX_READ_BYTES, bytes / (to - from) * span);
    }

    private CompletionStage<List<Record>> read(long first, long last, int bytes) {
        int most = (int) (last - first + 1);
        return partition.readRecords(first, most, bytes).thenCompose(records -> {
            long next = records.isEmpty() ? last + 1 : records.get(records.size() - 1).offset() + 1;
            if (next > last) {
                return CompletableFuture.completedFuture(records);
            }
            return read(next, last, bytes).thenApply(rest -> {
                List<Record> all = new ArrayList<>(records);
                all.addAll(rest);
                return all;
            });
        });
    }
}
