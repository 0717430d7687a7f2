package io.tributary.core.schedule;

import io.tributary.core.api.Schedule;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.IndexFailure;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Cancels and look-ups on their way to the schedule's thread, at most {@value #MAX_WAITING}. It serves them between two rounds, so a
 * record is either cancelled or fired, and after it has taken in what was published before they came.
 */
final class ScheduleRequests {
    private static final int MAX_WAITING = 10_000;
    private static final int AT_A_TIME = 1024;
    private static final long MAX_PAGE_BYTES = 4 << 20;

    /** A request; its result fails when the schedule does. */
    private interface Request {
        void fail(BrokerException failure);
    }

    /** Ends a record's waiting. */
    private record Cancel(ScheduleKey key, CompletableFuture<Boolean> result) implements Request {
        @Override
        public void fail(BrokerException failure) {
            result.completeExceptionally(failure);
        }
    }

    /** Looks records up. */
    private record Query(BiFunction<IndexView, RecordFetch, List<ScheduledRecord>> look, CompletableFuture<List<ScheduledRecord>> result)
            implements Request {
        @Override
        public void fail(BrokerException failure) {
            result.completeExceptionally(failure);
        }
    }

    /** Asks which of some keys are known. */
    private record Known(Collection<ScheduleKey> keys, CompletableFuture<Set<ScheduleKey>> result) implements Request {
        @Override
        public void fail(BrokerException failure) {
            result.completeExceptionally(failure);
        }
    }

    private final ArrayBlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Patience patience;
    private final InstantSource clock;
    private final LongAdder cancelled;
    private final Runnable wake;
    private volatile boolean closed;

    ScheduleRequests(Patience patience, InstantSource clock, LongAdder cancelled, Runnable wake) {
        this.patience = patience;
        this.clock = clock;
        this.cancelled = cancelled;
        this.wake = wake;
    }

    CompletionStage<Boolean> cancel(ScheduleKey key) {
        Cancel cancel = new Cancel(key, new CompletableFuture<>());
        submit(cancel);
        return cancel.result();
    }

    /** Those of the keys whose records wait, or have waited, as {@link IndexView#knows} says. */
    CompletionStage<Set<ScheduleKey>> known(Collection<ScheduleKey> keys) {
        Known known = new Known(keys, new CompletableFuture<>());
        submit(known);
        return known.result();
    }

    CompletionStage<@Nullable ScheduledRecord> find(ScheduleKey key) {
        return query((view, fetch) -> {
            WaitingRow row = view.find(key);
            return row == null ? List.of() : describe(List.of(row), fetch);
        }).thenApply(found -> found.isEmpty() ? null : found.get(0));
    }

    /** At most {@code max} from a key on, fewer if they are large. */
    CompletionStage<List<ScheduledRecord>> list(ScheduleKey from, int max) {
        return query((view, fetch) -> {
            ScheduleKey next = from;
            while (true) {
                List<WaitingRow> rows = page(view, next, max);
                List<ScheduledRecord> found = describe(rows, fetch);
                if (!found.isEmpty() || rows.isEmpty()) {
                    return found;
                }
                next = successor(rows.get(rows.size() - 1).key());
            }
        });
    }

    static ScheduleKey successor(ScheduleKey key) {
        return new ScheduleKey(key.dueMs(), key.run(), key.number() + 1);
    }

    private static List<WaitingRow> page(IndexView view, ScheduleKey from, int max) {
        List<WaitingRow> rows = new ArrayList<>();
        long[] bytes = {0};
        view.scan(from, row -> {
            rows.add(row);
            bytes[0] += row.bytes();
            return rows.size() < max && bytes[0] < MAX_PAGE_BYTES;
        });
        return rows;
    }

    private static List<ScheduledRecord> describe(List<WaitingRow> rows, RecordFetch fetch) {
        Map<Long, Record> records = fetch.fetch(rows);
        List<ScheduledRecord> found = new ArrayList<>(rows.size());
        for (WaitingRow row : rows) {
            Record record = records.get(row.offset());
            if (record != null && row.key().equals(ScheduleLog.keyOf(record)) && record.value() != null) {
                Envelope envelope = Envelope.decode(record.value());
                found.add(new ScheduledRecord(row.key().text(), row.key().dueMs(), envelope.topic(), envelope.key(), envelope.value(),
                    envelope.headers()));
            }
        }
        return found;
    }

    private CompletionStage<List<ScheduledRecord>> query(BiFunction<IndexView, RecordFetch, List<ScheduledRecord>> look) {
        Query query = new Query(look, new CompletableFuture<>());
        submit(query);
        return query.result();
    }

    private void submit(Request request) {
        if (closed) {
            request.fail(ScheduleThread.closed());
        } else if (waiting.offer(request)) {
            wake.run();
            if (closed) {
                failAll(ScheduleThread.closed());
            }
        } else {
            request.fail(new BrokerException(ErrorCode.LIMIT_EXCEEDED, "too many requests wait for the schedule"));
        }
    }

    /** Answers when nothing was ever scheduled. */
    void serveNone() {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            if (request instanceof Cancel cancel) {
                cancel.result().complete(false);
            } else if (request instanceof Query query) {
                query.result().complete(List.of());
            } else if (request instanceof Known known) {
                known.result().complete(Set.of());
            }
        }
    }

    /** Answers what is there, a bounded number of requests. On the schedule's thread, between two rounds. */
    void serve(ScheduleLog log, IndexView view, RecordFetch fetch) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Request> taken = new ArrayList<>();
        waiting.drainTo(taken, AT_A_TIME);
        try {
            view.catchUp();
            cancel(taken.stream().filter(Cancel.class::isInstance).map(Cancel.class::cast).toList(), log, view);
            for (Request request : taken) {
                if (request instanceof Query query) {
                    answer(query, view, fetch);
                } else if (request instanceof Known known) {
                    known.result().complete(known.keys().stream().filter(view::knows).collect(Collectors.toSet()));
                }
            }
        } catch (Patience.Halted stopping) {
            if (!patience.isHalted()) {
                taken.forEach(request -> request.fail(ScheduleThread.closed()));
            }
            throw stopping;
        } catch (IndexFailure failure) {
            BrokerException told = new BrokerException(ErrorCode.STORAGE_FAILURE, String.valueOf(failure.getMessage()), failure);
            taken.forEach(request -> request.fail(told));
            throw failure;
        } catch (BrokerException failure) {
            taken.forEach(request -> request.fail(failure));
        }
        if (!waiting.isEmpty()) {
            wake.run();
        }
    }

    private static void answer(Query query, IndexView view, RecordFetch fetch) {
        try {
            query.result().complete(query.look().apply(view, fetch));
        } catch (BrokerException failure) {
            query.fail(failure);
        }
    }

    private void cancel(List<Cancel> cancels, ScheduleLog log, IndexView view) {
        Map<ScheduleKey, WaitingRow> rows = new LinkedHashMap<>();
        for (Cancel cancel : cancels) {
            WaitingRow row = view.find(cancel.key());
            if (row != null) {
                rows.put(cancel.key(), row);
            }
        }
        if (!rows.isEmpty()) {
            patience.await(log.writeEnds(rows.values(), clock.millis()));
            view.catchUp();
            cancelled.add(rows.size());
        }
        // Of several that cancel one record, the first did it.
        cancels.forEach(cancel -> cancel.result().complete(rows.remove(cancel.key()) != null));
    }

    /** Fails what waits and what will come. */
    void close() {
        closed = true;
        if (!patience.isHalted()) {
            failAll(ScheduleThread.closed());
        }
    }

    private void failAll(BrokerException failure) {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            request.fail(failure);
        }
    }

    /** The key from which a listing goes on. */
    static ScheduleKey start(long fromMs, @Nullable ScheduleKey after) {
        ScheduleKey from = new ScheduleKey(Math.max(0, fromMs), 0, 0);
        return after == null || successor(after).compareTo(from) < 0 ? from : successor(after);
    }

    /** Refuses what {@link Schedule#list} refuses. */
    static void requirePage(int max) {
        if (max < 1 || max > Schedule.MAX_PAGE) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a listing gives 1 to " + Schedule.MAX_PAGE + " records");
        }
    }
}
