package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.DelayedBatch.Wish;
import io.tributary.core.schedule.index.ScheduleKey;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Appends batches of clients in which single records may ask, by header, to wait. The batch is appended first, without those; when that is
 * durable they are given to the schedule, and when they are durable too the append is. So what the log refuses is not scheduled, and what
 * was acknowledged is not lost.
 *
 * <p>A batch that an idempotent producer sends again is found in the log. What it was without there is what has to wait; it does, or has
 * done, unless the process died between the two steps: the schedule knows by the records' keys, which are the same again, and is given
 * what it does not know.
 *
 * <p>Records of a transaction are given to the schedule as undecided: it sees in the target's log, where the batch is part of the
 * transaction, how that ends. Safe on any thread.
 */
final class DelayedAppends {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final Supplier<CompletionStage<ScheduleLog>> log;
    private final ScheduleRequests requests;
    private final InstantSource clock;
    private final LongFunction<ScheduleKey> nextKey;
    /** Keys of idempotent producers that are being written: the schedule does not know them yet. */
    private final Map<ScheduleKey, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    /** Repetitions are looked at one after another, so that none is taken for two. */
    private CompletableFuture<Void> lastRepetition = DONE;

    /**
     * Of a schedule.
     *
     * @param log     gives its log, which is made if need be
     * @param nextKey gives a new key for a due time; its run is set when the log is there
     */
    DelayedAppends(Supplier<CompletionStage<ScheduleLog>> log, ScheduleRequests requests, InstantSource clock,
            LongFunction<ScheduleKey> nextKey) {
        this.log = log;
        this.requests = requests;
        this.clock = clock;
        this.nextKey = nextKey;
    }

    /** As {@link io.tributary.core.api.Schedule#append}. */
    Append append(Topic topic, int partition, ByteBuffer batch, boolean inTransaction) {
        Partition target;
        DelayedBatch looked;
        Map<ScheduleKey, Envelope> waiting;
        Append rest;
        try {
            target = topic.partition(partition);
            looked = DelayedBatch.of(topic, partition, batch, inTransaction, clock.millis());
            waiting = keyed(topic, partition, looked, looked.waiting());
            if (waiting.isEmpty()) {
                rest = inTransaction ? target.appendInTransaction(batch) : target.append(batch);
            } else {
                rest = target.appendWithGaps(looked.rest());
            }
        } catch (BrokerException refused) {
            return HeldBack.failed(refused);
        }
        if (waiting.isEmpty() && !(looked.isIdempotent() && !looked.wishes().isEmpty())) {
            return rest;
        }
        return new HeldBack(rest.durable().thenComposeAsync(result -> (result.duplicate()
            ? repeat(topic, target, looked, result)
            : write(values(waiting, looked, result))).thenApply(written -> result)));
    }

    private Map<ScheduleKey, Envelope> keyed(Topic topic, int partition, DelayedBatch looked, List<Wish> wishes) {
        Map<ScheduleKey, Envelope> keyed = new LinkedHashMap<>();
        if (!wishes.isEmpty() && looked.isIdempotent()) {
            RepeatableKeys keys =
                new RepeatableKeys(topic.id(), partition, looked.batch().producerId(), looked.batch().producerEpoch());
            wishes.forEach(wish -> keyed.put(keys.of(wish.dueMs(), looked.batch().sequence(wish.index())), wish.envelope()));
        } else {
            wishes.forEach(wish -> keyed.put(nextKey.apply(wish.dueMs()), wish.envelope()));
        }
        return keyed;
    }

    /** What the schedule's log is given for records of a batch that is stored. */
    private static Map<ScheduleKey, byte[]> values(Map<ScheduleKey, Envelope> waiting, DelayedBatch looked, AppendResult stored) {
        Map<ScheduleKey, byte[]> values = new LinkedHashMap<>();
        waiting.forEach((key, envelope) -> values.put(key, looked.inTransaction()
            ? new Undecided(stored.baseOffset(), looked.batch().producerId(), envelope.encode()).encode()
            : envelope.encode()));
        return values;
    }

    private CompletionStage<Void> write(Map<ScheduleKey, byte[]> waiting) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        List<ScheduleKey> repeatable = waiting.keySet().stream().filter(ScheduleKey::isRepeatable).toList();
        repeatable.forEach(key -> underWay.put(key, written));
        log.get().thenCompose(opened -> opened.writeWaiting(waiting, clock.millis())).whenComplete((done, failure) -> {
            repeatable.forEach(key -> underWay.remove(key, written));
            if (failure == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failure);
            }
        });
        return written;
    }

    /** The log has the batch already. */
    private CompletionStage<Void> repeat(Topic topic, Partition target, DelayedBatch looked, AppendResult stored) {
        CompletionStage<Set<Long>> kept = looked.inTransaction() ? CompletableFuture.completedFuture(Set.of())
            : storedOffsets(target, stored.baseOffset(), stored.lastOffset());
        return kept.thenCompose(offsets -> {
            List<Wish> missing = looked.wishes().stream().filter(wish -> !offsets.contains(stored.baseOffset() + wish.index())).toList();
            Map<ScheduleKey, Envelope> keyed = keyed(topic, target.id().partition(), looked, missing);
            return inTurn(() -> writeUnknown(values(keyed, looked, stored)));
        });
    }

    private synchronized CompletionStage<Void> inTurn(Supplier<CompletionStage<Void>> repetition) {
        CompletableFuture<Void> mine = lastRepetition.exceptionally(failure -> null).thenCompose(before -> repetition.get())
            .toCompletableFuture();
        lastRepetition = mine;
        return mine;
    }

    private CompletionStage<Void> writeUnknown(Map<ScheduleKey, byte[]> wanted) {
        CompletableFuture<?>[] others = wanted.keySet().stream().map(underWay::get).filter(Objects::nonNull).distinct()
            .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(others).handle((done, failure) -> wanted.keySet())
            .thenCompose(keys -> keys.isEmpty() ? CompletableFuture.completedFuture(Set.<ScheduleKey>of()) : requests.known(keys))
            .thenCompose(known -> {
                Map<ScheduleKey, byte[]> unknown = new LinkedHashMap<>(wanted);
                unknown.keySet().removeAll(known);
                return unknown.isEmpty() ? DONE : write(unknown);
            });
    }

    /** The offsets at which there are records; all are missing where the log begins behind them. */
    private static CompletionStage<Set<Long>> storedOffsets(Partition target, long first, long last) {
        List<Record> found = new ArrayList<>();
        return read(target, first, last, found).handle((done, failure) -> {
            if (failure != null && BrokerException.of(failure).code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
                throw BrokerException.of(failure);
            }
            return found.stream().map(Record::offset).collect(Collectors.toCollection(HashSet::new));
        });
    }

    private static CompletionStage<Void> read(Partition target, long from, long last, List<Record> into) {
        int most = (int) (last - from + 1);
        return target.readRecords(from, most, 1).thenCompose(records -> {
            into.addAll(records);
            long next = records.isEmpty() ? last + 1 : records.get(records.size() - 1).offset() + 1;
            return next > last ? DONE : read(target, next, last, into);
        });
    }
}
