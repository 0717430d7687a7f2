package io.tributary.protocol.kafka.coordinator.transaction;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.jspecify.annotations.Nullable;

/** All transactional identifiers as they are written down. What is pending becomes true when it is durable. Belongs to the thread. */
final class TransactionStates {
    private final TransactionStateLog log;
    private final OpenTransactions open;
    private final CoordinatorThread thread;
    private final Map<String, TransactionEntry> entries = new HashMap<>();
    /** Those that are in state Ongoing. */
    private final Map<String, TransactionEntry> ongoing = new LinkedHashMap<>();

    TransactionStates(TransactionStateLog log, OpenTransactions open, CoordinatorThread thread) {
        this.log = log;
        this.open = open;
        this.thread = thread;
    }

    /** Takes up what is written down, and gives those that have to be brought to their end. */
    List<TransactionEntry> load() {
        log.load().forEach((id, metadata) -> {
            TransactionEntry entry = new TransactionEntry(metadata);
            entries.put(id, entry);
            noteState(entry);
        });
        return entries.values().stream().filter(entry -> entry.metadata().state() == TransactionState.PREPARE_COMMIT
            || entry.metadata().state() == TransactionState.PREPARE_ABORT).toList();
    }

    @Nullable TransactionEntry find(String transactionalId) {
        return entries.get(transactionalId);
    }

    int size() {
        return entries.size();
    }

    Collection<TransactionEntry> all() {
        return entries.values();
    }

    /** Those with an open transaction, as a copy. */
    List<TransactionEntry> ongoing() {
        return List.copyOf(ongoing.values());
    }

    /** A new identifier, which is remembered from its first transition on. */
    void add(TransactionEntry entry) {
        entries.put(entry.id(), entry);
    }

    int coordinatorEpoch(TransactionEntry entry) {
        return log.coordinatorEpoch(entry.id());
    }

    /**
     * Writes down an entry's pending transition; completes on the thread when it is true, before those who wait for the entry go on. If it
     * fails, with the error for the client, the entry is what it was.
     */
    CompletionStage<Void> write(TransactionEntry entry, TxnTransitMetadata next) {
        return applied(entry, next, log.append(entry.id(), next));
    }

    /** As {@link #write}; fails only when the broker stops, and the transition is pending until it is true. */
    CompletionStage<Void> writeUntilDone(TransactionEntry entry, TxnTransitMetadata next) {
        return applied(entry, next, log.appendUntilDone(entry.id(), next));
    }

    private CompletionStage<Void> applied(TransactionEntry entry, TxnTransitMetadata next, CompletionStage<Void> append) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        append.whenComplete((written, failure) -> thread.execute(() -> {
            TransactionMetadata metadata = entry.metadata();
            if (failure == null) {
                metadata.completeTransitionTo(next);
                noteState(entry);
                done.complete(null);
            } else {
                metadata.pendingState(Optional.empty());
                forgetIfNew(entry);
                done.completeExceptionally(failure);
            }
            entry.proceed();
        }));
        return done;
    }

    private void noteState(TransactionEntry entry) {
        if (entry.metadata().state() == TransactionState.ONGOING) {
            ongoing.put(entry.id(), entry);
            open.open(entry.metadata());
        } else {
            ongoing.remove(entry.id());
        }
    }

    private void forgetIfNew(TransactionEntry entry) {
        if (entry.metadata().producerEpoch() < 0) {
            entries.remove(entry.id(), entry);
        }
    }

    /** Forgets an identifier, after that is written down; if it fails the identifier stays. */
    void remove(TransactionEntry entry) {
        entry.metadata().prepareDead();
        log.appendTombstone(entry.id()).whenComplete((written, failure) -> thread.execute(() -> {
            if (failure == null) {
                // Whoever waits for it gives up, and finds another one when it comes again.
                entries.remove(entry.id(), entry);
            } else {
                entry.metadata().pendingState(Optional.empty());
                entry.proceed();
            }
        }));
    }
}
