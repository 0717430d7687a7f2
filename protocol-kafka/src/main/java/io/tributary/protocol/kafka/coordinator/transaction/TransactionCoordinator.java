package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Namespace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates a namespace's transactions. Safe on any thread; results come on the coordinator's thread, or at once. All failures are
 * Kafka's exceptions, in the form that the latest version of each API takes.
 */
public final class TransactionCoordinator {
    /** More would make a record of state that the log does not take. */
    static final int MAX_PARTITIONS = 10_000;
    /** Of a transactional identifier, in characters; millions of them are kept in memory. */
    static final int MAX_ID_LENGTH = 1_000;
    /** How long what belongs to the next transaction waits for the markers of the last one, before the client is told to try again. */
    private static final Duration TURN_PATIENCE = Duration.ofSeconds(1);

    private final Supplier<CompletionStage<Long>> ids;
    private final TransactionSettings settings;
    private final InstantSource clock;
    private final CoordinatorThread thread;
    private final OpenTransactions open = new OpenTransactions();
    private final TransactionStates states;
    private final MarkerWriter markers;
    private final TransactionEnd end;
    private final TransactionExpiry expiry;
    private final TransactionQueries queries;

    TransactionCoordinator(Broker broker, Topic stateTopic, GroupOffsets offsets, TransactionSettings settings, InstantSource clock,
                           CoordinatorThread thread) {
        Namespace namespace = stateTopic.name().namespace();
        this.ids = broker::nextId;
        this.settings = settings;
        this.clock = clock;
        this.thread = thread;
        this.states = new TransactionStates(new TransactionStateLog(stateTopic, thread, clock), open, thread);
        this.markers = new MarkerWriter(broker.topics(), namespace, offsets, thread, clock);
        this.end = new TransactionEnd(states, open, markers, thread, clock);
        this.expiry = new TransactionExpiry(states, end, settings, clock);
        this.queries = new TransactionQueries(states, clock);
    }

    /** Loads the state and goes on with what was decided. On the thread, once, before anything else. */
    void start() {
        end.resume(states.load());
        expiry.schedule(thread);
    }

    /** For tests with a clock of their own. */
    CompletionStage<Void> checkTimes() {
        return CompletableFuture.runAsync(() -> {
            expiry.abortOverdue();
            expiry.forgetUnused();
        }, thread);
    }

    /**
     * Gives a transactional identifier a producer, which is then its only one (InitProducerId). An open transaction of the one before is
     * aborted first.
     *
     * @param expected who the producer was, if it goes on after an error (KIP-360); null for a new one
     * @return fails with INVALID_REQUEST, INVALID_TRANSACTION_TIMEOUT, PRODUCER_FENCED, POLICY_VIOLATION, and with CONCURRENT_TRANSACTIONS,
     *     which means "try again", while a transaction ends
     */
    public CompletionStage<ProducerIdentity> init(String transactionalId, int timeoutMs, @Nullable ProducerIdentity expected) {
        if (transactionalId.isEmpty() || transactionalId.length() > MAX_ID_LENGTH) {
            return failed(Errors.INVALID_REQUEST, "a transactional id has 1 to " + MAX_ID_LENGTH + " characters");
        }
        if (timeoutMs <= 0 || timeoutMs > settings.maxTimeout().toMillis()) {
            return failed(Errors.INVALID_TRANSACTION_TIMEOUT, "the longest time is " + settings.maxTimeout().toMillis() + " ms");
        }
        return onThread(done -> init(new Init(transactionalId, timeoutMs, expected, done), TransitionRules.NO_ID));
    }

    private record Init(String id, int timeoutMs, @Nullable ProducerIdentity expected, CompletableFuture<ProducerIdentity> done) {
    }

    private void init(Init request, long freshId) {
        TransactionEntry entry = states.find(request.id());
        if (entry == null && freshId == TransitionRules.NO_ID) {
            if (states.size() >= settings.maxIds()) {
                throw Errors.POLICY_VIOLATION.exception("there are " + states.size() + " transactional ids, and may be no more");
            }
            withFreshId(request.done(), id -> init(request, id));
            return;
        }
        TransactionEntry known = entry == null ? create(request, freshId) : entry;
        TransactionMetadata metadata = known.metadata();
        TransitionRules.checkInit(metadata, request.expected());
        if (metadata.state() == TransactionState.ONGOING) {
            end.abortAndFence(known).whenComplete((ended, failure) -> request.done().completeExceptionally(
                failure == null ? Errors.CONCURRENT_TRANSACTIONS.exception() : failure));
            return;
        }
        if (TransitionRules.initNeedsId(metadata, request.expected()) && freshId == TransitionRules.NO_ID) {
            withFreshId(request.done(), id -> init(request, id));
            return;
        }
        TxnTransitMetadata next = TransitionRules.init(metadata, request.timeoutMs(), request.expected(), freshId, clock.millis());
        complete(states.write(known, next).thenApply(written -> known.producer()), request.done());
    }

    private TransactionEntry create(Init request, long freshId) {
        TransactionEntry created = new TransactionEntry(new TransactionMetadata(request.id(), freshId, RecordBatch.NO_PRODUCER_ID,
            RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH, RecordBatch.NO_PRODUCER_EPOCH, request.timeoutMs(),
            TransactionState.EMPTY, Set.of(), -1, clock.millis(), TransactionVersion.TV_0));
        states.add(created);
        return created;
    }

    private void withFreshId(CompletableFuture<?> done, Consumer<Long> then) {
        ids.get().whenComplete((id, failure) -> thread.execute(() -> guarded(done, () -> {
            if (failure != null) {
                throw Errors.COORDINATOR_NOT_AVAILABLE.exception("no producer id can be had: " + failure);
            }
            then.accept(id);
        })));
    }

    /**
     * Takes the claim's partitions into the transaction, or makes sure that they are in it. Waits for a while if the last transaction is
     * being ended.
     *
     * @return fails with INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS, POLICY_VIOLATION, and
     *     TRANSACTION_ABORTABLE when a partition should be in the transaction and is not
     */
    public CompletionStage<Void> admit(Claim claim) {
        return onThread(done -> admit(claim, done));
    }

    private void admit(Claim claim, CompletableFuture<Void> done) {
        TransactionEntry entry = require(claim.transactionalId());
        entry.inTurn(thread, TURN_PATIENCE, () -> guarded(done, () -> admitNow(entry, claim, done)),
            () -> done.completeExceptionally(stillEnding()));
    }

    private TransactionEntry require(String transactionalId) {
        if (transactionalId.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("empty transactional id");
        }
        TransactionEntry entry = states.find(transactionalId);
        if (entry == null) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        return entry;
    }

    private static ApiException stillEnding() {
        return Errors.CONCURRENT_TRANSACTIONS.exception("the last transaction is not ended yet");
    }

    private void admitNow(TransactionEntry entry, Claim claim, CompletableFuture<Void> done) {
        if (!claim.adds()) {
            if (TransitionRules.verify(entry.metadata(), claim).size() < claim.partitions().size()) {
                throw Errors.TRANSACTION_ABORTABLE.exception("a partition was not added to the transaction");
            }
            done.complete(null);
            return;
        }
        Optional<TxnTransitMetadata> next = TransitionRules.add(entry.metadata(), claim, clock.millis());
        if (next.isEmpty()) {
            done.complete(null);
        } else if (next.get().topicPartitions().size() > MAX_PARTITIONS) {
            entry.metadata().pendingState(Optional.empty());
            throw Errors.POLICY_VIOLATION.exception("a transaction has at most " + MAX_PARTITIONS + " partitions");
        } else {
            complete(states.write(entry, next.get()), done);
        }
    }

    /** Which of the claim's partitions are in the transaction; fails as {@link #admit} does. */
    public CompletionStage<Set<TopicPartition>> verify(Claim claim) {
        return onThread(done -> {
            TransactionEntry entry = require(claim.transactionalId());
            done.complete(TransitionRules.verify(entry.metadata(), claim));
        });
    }

    /**
     * Appends to partitions of a transaction, after {@link #admit}; at once if they are in it. What a producer's appends begin is in the
     * order of the calls, and lies before the markers of the transaction.
     *
     * @param begin begins the appends, and does not wait for them; run at most once, on this thread or the coordinator's
     * @return completes when they are begun; fails as {@link #admit} does
     */
    public CompletionStage<Void> append(Claim claim, Runnable begin) {
        long producer = claim.producer().id();
        if (open.enter(claim)) {
            try {
                begin.run();
            } finally {
                open.leave(producer);
            }
            return CompletableFuture.completedFuture(null);
        }
        open.enqueue(producer);
        CompletableFuture<Void> admitted = new CompletableFuture<>();
        // Run by whoever completes it, on the coordinator's thread, so that nothing begins to end the transaction in between.
        CompletionStage<Void> begun = admitted.<Void>thenApply(done -> {
            begin.run();
            return null;
        }).whenComplete((done, failure) -> open.dequeue(producer));
        thread.execute(() -> guarded(admitted, () -> admit(claim, admitted)));
        return begun;
    }

    /**
     * Appends to one partition of a transaction if it is in it, without waiting for anything.
     *
     * @throws ApiException INVALID_TXN_STATE when it is not
     */
    public <T> T appendNow(ProducerIdentity producer, TopicPartition partition, Supplier<T> append) {
        if (!open.enter(producer, partition)) {
            throw Errors.INVALID_TXN_STATE.exception("the transaction has ended");
        }
        try {
            return append.get();
        } finally {
            open.leave(producer.id());
        }
    }

    /**
     * Commits or aborts (EndTxn). Completes when that is decided, durably; the markers follow.
     *
     * @param version of the client's protocol; from 2 on the producer goes on as the one that this completes with
     * @return fails with INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS
     */
    public CompletionStage<ProducerIdentity> end(String transactionalId, ProducerIdentity producer, TransactionResult result,
                                                 TransactionVersion version) {
        return onThread(done -> {
            TransactionEntry entry = require(transactionalId);
            // The end of a short transaction may come while the markers of the one before are still being written.
            entry.inTurn(thread, TURN_PATIENCE,
                () -> guarded(done, () -> end(new End(entry, producer, result, version, done), TransitionRules.NO_ID)),
                () -> done.completeExceptionally(stillEnding()));
        });
    }

    private record End(TransactionEntry entry, ProducerIdentity producer, TransactionResult result, TransactionVersion version,
                       CompletableFuture<ProducerIdentity> done) {
    }

    private void end(End request, long freshId) {
        TransactionEntry entry = request.entry();
        if (TransitionRules.endNeedsId(entry.metadata(), request.version()) && freshId == TransitionRules.NO_ID) {
            withFreshId(request.done(), id -> end(request, id));
            return;
        }
        Optional<TxnTransitMetadata> decision = TransitionRules.end(entry.metadata(), request.producer(), request.result(),
            request.version(), freshId, clock.millis());
        if (decision.isEmpty()) {
            request.done().complete(entry.producer());
        } else {
            complete(end.decide(entry, decision.get()), request.done());
        }
    }

    /** Writes a marker to one partition, for a tool that ends a transaction which no coordinator knows of (WriteTxnMarkers). */
    public CompletionStage<Void> writeMarker(TopicPartition partition, Marker marker) {
        return markers.write(partition, marker);
    }

    public CompletionStage<List<ListTransactionsResponseData.TransactionState>> list(TransactionFilter filter) {
        return onThread(done -> done.complete(queries.list(filter)));
    }

    /** Completes with the error in the result if there is no such identifier. */
    public CompletionStage<DescribeTransactionsResponseData.TransactionState> describe(String transactionalId) {
        return onThread(done -> done.complete(queries.describe(transactionalId)));
    }

    private <T> CompletionStage<T> onThread(Consumer<CompletableFuture<T>> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        thread.execute(() -> guarded(done, () -> task.accept(done)));
        return done;
    }

    private static void guarded(CompletableFuture<?> done, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            done.completeExceptionally(failure);
        }
    }

    private static <T> void complete(CompletionStage<T> stage, CompletableFuture<T> done) {
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                done.complete(value);
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    private static <T> CompletionStage<T> failed(Errors error, String message) {
        return CompletableFuture.failedFuture(error.exception(message));
    }
}
