package io.tributary.core.transaction;

import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.TransactionRequest.Settled;
import io.tributary.core.api.Transactions;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.transaction.Acknowledgements.Acked;
import io.tributary.core.transaction.TransactionState.Participant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes transactions. Each is a producer's, of which nobody else knows, and is written down three times: the partitions, before anything is
 * appended to them; the decision, when all is appended, with the acknowledgements; and its end, when every partition has its marker and
 * the subscriptions have written what they are rid of. What a process leaves undecided the next one aborts; what is decided it completes.
 */
public final class TransactionCoordinator implements Transactions {
    static final short EPOCH = 0;
    private static final Logger LOG = LoggerFactory.getLogger(TransactionCoordinator.class);
    private static final int MAX_UNDER_WAY = 1024;
    private static final int COORDINATOR_EPOCH = 0;
    private static final short VERSION = 0;
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 5_000;

    private final StateTable table;
    private final Topics topics;
    private final Placement placement;
    private final Acknowledgements acknowledgements;
    private final Supplier<CompletionStage<Long>> ids;
    private final InstantSource clock;
    private final AtomicInteger underWay = new AtomicInteger();
    /** Producers of transactions that have ended, to be used again. */
    private final ConcurrentLinkedDeque<Long> producers = new ConcurrentLinkedDeque<>();

    /**
     * What a coordinator works with.
     *
     * @param table where transactions are written down, by their producers
     * @param ids   gives producers
     */
    public TransactionCoordinator(StateTable table, Topics topics, Placement placement, Acknowledgements acknowledgements,
            Supplier<CompletionStage<Long>> ids, InstantSource clock) {
        this.table = table;
        this.topics = topics;
        this.placement = placement;
        this.acknowledgements = acknowledgements;
        this.ids = ids;
        this.clock = clock;
    }

    /** Ends what an earlier process has left. Before anybody publishes or consumes. */
    public CompletionStage<Void> recover() {
        List<CompletableFuture<?>> ended = new ArrayList<>();
        table.forEach("", (key, value) -> {
            TransactionState state = TransactionState.decode(value);
            LOG.info("a transaction over {} partitions that was cut off is {}", state.partitions().size(),
                state.committed() ? "completed" : "aborted");
            ended.add(acknowledgements.settle(state.acked())
                .thenCompose(done -> mark(state.partitions(), Long.parseLong(key), state.committed()))
                .thenCompose(done -> table.delete(key)).toCompletableFuture());
        });
        return CompletableFuture.allOf(ended.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public CompletionStage<List<PublishResult>> commit(TransactionRequest request) {
        TransactionPlan plan;
        try {
            plan = new TransactionPlan(request.records(), placement);
        } catch (BrokerException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        if (request.settlements().isEmpty()) {
            if (request.records().isEmpty()) {
                return CompletableFuture.completedFuture(List.of());
            }
            if (plan.isOneBatch()) {
                return append(plan, -1);
            }
        }
        if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
            underWay.decrementAndGet();
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.LIMIT_EXCEEDED, MAX_UNDER_WAY + " transactions are under way"));
        }
        Long free = producers.pollFirst();
        CompletionStage<Long> producer = free != null ? CompletableFuture.completedFuture(free) : ids.get();
        return producer.thenCompose(id -> begin(id, plan, request)).whenComplete((done, failure) -> underWay.decrementAndGet());
    }

    private CompletionStage<List<PublishResult>> begin(long producer, TransactionPlan plan, TransactionRequest request) {
        String key = Long.toString(producer);
        CompletableFuture<List<PublishResult>> outcome = new CompletableFuture<>();
        table.put(key, new TransactionState(false, plan.participants(), List.of()).encode())
            .thenCompose(noted -> append(plan, producer))
            .thenCombine(prepare(request), (results, acked) -> new Prepared(results, acked))
            .thenCompose(prepared -> table.put(key, new TransactionState(true, plan.participants(), prepared.acked).encode())
                .thenApply(decided -> prepared))
            .whenComplete((prepared, failure) -> {
                if (failure == null) {
                    complete(producer, plan, request, prepared, outcome);
                } else {
                    abort(producer, plan, BrokerException.of(failure), outcome);
                }
            });
        return outcome;
    }

    /** Everything that a transaction does is stored, and not decided. */
    private record Prepared(List<PublishResult> results, List<Acked> acked) {
    }

    private CompletionStage<List<PublishResult>> append(TransactionPlan plan, long producer) {
        List<CompletableFuture<AppendResult>> appends = new ArrayList<>();
        for (TransactionPlan.Part part : plan.parts()) {
            appends.add((producer < 0 ? part.partition.append(plan.batches(part, producer))
                : part.partition.appendAsCoordinator(plan.batches(part, producer), VERSION)).durable().toCompletableFuture());
        }
        // Also those that go well have to be waited for: what is aborted must lie before its marker.
        return CompletableFuture.allOf(appends.toArray(new CompletableFuture<?>[0]))
            .thenApply(done -> plan.results(appends.stream().map(CompletableFuture::join).toList()));
    }

    private CompletionStage<List<Acked>> prepare(TransactionRequest request) {
        CompletionStage<List<Acked>> all = CompletableFuture.completedFuture(List.of());
        for (Settled settled : request.settlements()) {
            all = all.thenCombine(acknowledgements.prepare(settled), (before, more) -> {
                List<Acked> both = new ArrayList<>(before);
                both.addAll(more);
                return both;
            });
        }
        return all;
    }

    /** It is decided: a subscription that fails meanwhile changes nothing for the caller, but the decision is kept until it is written. */
    private void complete(long producer, TransactionPlan plan, TransactionRequest request, Prepared prepared,
            CompletableFuture<List<PublishResult>> outcome) {
        CompletionStage<Boolean> settled = all(request, acknowledgements::settle);
        mark(plan.participants(), producer, true).thenCombine(settled, (marked, all) -> all).whenComplete((all, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(BrokerException.of(failure));
                return;
            }
            outcome.complete(prepared.results);
            all(request, acknowledgements::flush).thenAccept(written -> {
                if (all && written) {
                    end(producer);
                }
            });
        });
    }

    /** Does this for all that is settled; completes with whether nothing is left to do, without waiting less for what fails. */
    private static CompletionStage<Boolean> all(TransactionRequest request, Function<Settled, CompletionStage<Void>> step) {
        CompletionStage<Boolean> all = CompletableFuture.completedFuture(Boolean.TRUE);
        for (Settled each : request.settlements()) {
            all = all.thenCombine(step.apply(each).handle((done, failure) ->
                failure == null || BrokerException.of(failure).code() == ErrorCode.SUBSCRIPTION_NOT_FOUND), Boolean::logicalAnd);
        }
        return all;
    }

    private void abort(long producer, TransactionPlan plan, BrokerException cause, CompletableFuture<List<PublishResult>> outcome) {
        if (cause.code() == ErrorCode.CLOSED) {
            // Whether it is decided the next process knows.
            outcome.completeExceptionally(cause);
            return;
        }
        mark(plan.participants(), producer, false).whenComplete((done, failure) -> {
            if (failure == null) {
                end(producer);
            }
            outcome.completeExceptionally(cause);
        });
    }

    private void end(long producer) {
        table.delete(Long.toString(producer)).whenComplete((done, failure) -> {
            if (failure == null) {
                producers.addFirst(producer);
            }
        });
    }

    private CompletionStage<Void> mark(List<Participant> partitions, long producer, boolean commit) {
        return CompletableFuture.allOf(partitions.stream().map(partition -> mark(partition, producer, commit, FIRST_PAUSE_MS))
            .map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new));
    }

    /** Tries until the marker is durable, or the partition is no more. */
    private CompletionStage<?> mark(Participant participant, long producer, boolean commit, long pauseMs) {
        Topic topic = topics.find(participant.topic());
        if (topic == null) {
            return CompletableFuture.completedFuture(null);
        }
        Partition partition = topic.partition(participant.partition());
        return partition.appendAsCoordinator(TransactionMarker.of(clock.millis(), producer, EPOCH, commit, COORDINATOR_EPOCH), VERSION)
            .durable().<CompletionStage<?>>handle((done, failure) -> {
                BrokerException cause = failure == null ? null : BrokerException.of(failure);
                if (cause == null || cause.code() == ErrorCode.CLOSED && topics.find(participant.topic()) == null) {
                    return CompletableFuture.completedFuture(null);
                }
                if (cause.code() == ErrorCode.CLOSED) {
                    return CompletableFuture.failedFuture(cause);
                }
                LOG.warn("a transaction in {} cannot be ended, trying again in {} ms: {}", partition.id(), pauseMs, cause.toString());
                return CompletableFuture.supplyAsync(() -> mark(participant, producer, commit, Math.min(LONGEST_PAUSE_MS, pauseMs * 2)),
                    CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS)).thenCompose(again -> again);
            }).thenCompose(stage -> stage);
    }
}
