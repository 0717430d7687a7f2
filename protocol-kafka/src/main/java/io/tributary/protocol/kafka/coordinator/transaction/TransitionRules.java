package io.tributary.protocol.kafka.coordinator.transaction;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction may become, and which error whoever asks for anything else gets. Each method that gives a transition has made it the
 * transaction's pending one; the others change nothing. All fail with Kafka's exceptions.
 */
final class TransitionRules {
    static final long NO_ID = RecordBatch.NO_PRODUCER_ID;

    private TransitionRules() {
    }

    /**
     * Whether this producer may become the identifier's.
     *
     * @param expected who it was before, which one that goes on after an error tells (KIP-360); null for a new one, which fences others
     */
    static void checkInit(TransactionMetadata transaction, @Nullable ProducerIdentity expected) {
        if (transaction.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        if (expected != null && !mayGoOn(transaction, expected)) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        if (transaction.state() == TransactionState.PREPARE_COMMIT || transaction.state() == TransactionState.PREPARE_ABORT) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
    }

    private static boolean mayGoOn(TransactionMetadata transaction, ProducerIdentity expected) {
        return transaction.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH
            || expected.id() == transaction.producerId()
            // The answer with the identifier that came after the last epoch was lost.
            || expected.id() == transaction.prevProducerId() && TransactionMetadata.isEpochExhausted(expected.epoch());
    }

    /** Whether the next epoch needs another producer identifier. */
    static boolean initNeedsId(TransactionMetadata transaction, @Nullable ProducerIdentity expected) {
        return transaction.isProducerEpochExhausted() && (expected == null || expected.epoch() == transaction.producerEpoch());
    }

    /**
     * Gives the identifier its next epoch, after {@link #checkInit}.
     *
     * @param freshId a producer identifier that nobody has had, if one is needed
     */
    static TxnTransitMetadata init(TransactionMetadata transaction, int timeoutMs, @Nullable ProducerIdentity expected, long freshId,
                                   long nowMs) {
        if (initNeedsId(transaction, expected)) {
            return transaction.prepareProducerIdRotation(freshId, timeoutMs, nowMs, expected != null);
        }
        if (transaction.isProducerEpochExhausted()) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        return transaction.prepareIncrementProducerEpoch(timeoutMs, Optional.ofNullable(expected).map(ProducerIdentity::epoch), nowMs);
    }

    /** Takes partitions into the transaction; empty when they all are in it. */
    static Optional<TxnTransitMetadata> add(TransactionMetadata transaction, Claim claim, long nowMs) {
        checkOwner(transaction, claim.producer());
        if (transaction.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        checkNotEnding(transaction);
        if (transaction.state() == TransactionState.ONGOING && transaction.topicPartitions().containsAll(claim.partitions())) {
            return Optional.empty();
        }
        return Optional.of(transaction.prepareAddPartitions(claim.partitions(), nowMs, claim.version()));
    }

    /** Of these partitions those that are in the transaction. */
    static Set<TopicPartition> verify(TransactionMetadata transaction, Claim claim) {
        checkOwner(transaction, claim.producer());
        checkNotEnding(transaction);
        return claim.partitions().stream().filter(transaction.topicPartitions()::contains)
            .collect(Collectors.toUnmodifiableSet());
    }

    private static void checkOwner(TransactionMetadata transaction, ProducerIdentity producer) {
        if (transaction.producerId() != producer.id()) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        if (transaction.producerEpoch() != producer.epoch()) {
            throw Errors.PRODUCER_FENCED.exception();
        }
    }

    private static void checkNotEnding(TransactionMetadata transaction) {
        if (transaction.state() == TransactionState.PREPARE_COMMIT || transaction.state() == TransactionState.PREPARE_ABORT) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
    }

    /** Whether a transaction that a client ends needs another producer identifier, as its next epoch would be one too high. */
    static boolean endNeedsId(TransactionMetadata transaction, TransactionVersion version) {
        return version.supportsEpochBump() && transaction.isProducerEpochExhausted();
    }

    /**
     * Ends the transaction for its producer; empty when it has ended so before, and the answer was lost.
     *
     * @param version of the client's protocol: from 2 on (KIP-890) each end gives the producer a new epoch, so that an end can be told from
     *                a repeated one, and a transaction without partitions may be aborted
     * @param freshId a producer identifier that nobody has had, if one is needed
     */
    static Optional<TxnTransitMetadata> end(TransactionMetadata transaction, ProducerIdentity producer, TransactionResult result,
                                            TransactionVersion version, long freshId, long nowMs) {
        boolean repeated = version.supportsEpochBump() && isRepeatedEnd(transaction, producer);
        if (transaction.producerId() != producer.id() && !repeated) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        if (!mayEnd(transaction, producer, version, repeated)) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        if (transaction.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        TransactionState wanted = prepared(result);
        return switch (transaction.state()) {
            case ONGOING -> Optional.of(prepare(transaction, wanted, version, freshId, nowMs, false));
            case PREPARE_COMMIT, PREPARE_ABORT -> throw Errors.CONCURRENT_TRANSACTIONS.exception();
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> {
                boolean sameAsBefore = transaction.state() == completed(result);
                if (sameAsBefore && (repeated || !version.supportsEpochBump())) {
                    yield Optional.empty();
                }
                if (repeated && result == TransactionResult.COMMIT && transaction.state() == TransactionState.COMPLETE_ABORT) {
                    // Aborted by the coordinator while the commit was on its way; clients begin anew after this error (KAFKA-20785).
                    throw Errors.PRODUCER_FENCED.exception();
                }
                if (repeated || result == TransactionResult.COMMIT || !version.supportsEpochBump()) {
                    throw wrongState(transaction, result);
                }
                yield Optional.of(prepare(transaction, wanted, version, freshId, nowMs, true));
            }
            case DEAD, PREPARE_EPOCH_FENCE -> throw new IllegalStateException("a transaction was in state " + transaction.state());
        };
    }

    /** Whether the epoch, or the identifier that came after the last one, is what an end by this producer has led to. */
    private static boolean isRepeatedEnd(TransactionMetadata transaction, ProducerIdentity producer) {
        boolean nextEpoch = transaction.producerId() == producer.id() && transaction.producerEpoch() == producer.epoch() + 1;
        boolean nextId = transaction.prevProducerId() == producer.id() && producer.epoch() == Short.MAX_VALUE - 1
            && transaction.producerEpoch() == 0;
        return nextEpoch || nextId;
    }

    private static boolean mayEnd(TransactionMetadata transaction, ProducerIdentity producer, TransactionVersion version,
                                  boolean repeated) {
        boolean current = producer.epoch() == transaction.producerEpoch();
        if (!version.supportsEpochBump()) {
            return current;
        }
        return switch (transaction.state()) {
            case ONGOING, EMPTY, DEAD, PREPARE_EPOCH_FENCE -> current && !repeated;
            // Kafka fences the producer that is in a hurry to abort its next transaction, which has the epoch already.
            case PREPARE_COMMIT, PREPARE_ABORT, COMPLETE_COMMIT, COMPLETE_ABORT -> current || repeated;
        };
    }

    private static TxnTransitMetadata prepare(TransactionMetadata transaction, TransactionState state, TransactionVersion version,
                                              long freshId, long nowMs, boolean noPartitions) {
        long nextId = endNeedsId(transaction, version) ? freshId : NO_ID;
        return transaction.prepareAbortOrCommit(state, version, nextId, nowMs, noPartitions);
    }

    /**
     * Aborts an open transaction against its producer, whose epoch is then over: its time has passed, or another producer has come. The
     * epoch that this takes is given to nobody.
     */
    static TxnTransitMetadata abortAndFence(TransactionMetadata transaction, long nowMs) {
        TxnTransitMetadata fence = transaction.prepareFenceProducerEpoch();
        transaction.pendingState(Optional.empty());
        transaction.setProducerEpoch(fence.producerEpoch());
        transaction.setLastProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
        return transaction.prepareAbortOrCommit(TransactionState.PREPARE_ABORT, TransactionVersion.TV_2, NO_ID, nowMs, false);
    }

    private static TransactionState prepared(TransactionResult result) {
        return result == TransactionResult.COMMIT ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT;
    }

    private static TransactionState completed(TransactionResult result) {
        return result == TransactionResult.COMMIT ? TransactionState.COMPLETE_COMMIT : TransactionState.COMPLETE_ABORT;
    }

    private static ApiException wrongState(TransactionMetadata transaction, TransactionResult result) {
        return Errors.INVALID_TXN_STATE.exception("the transaction is in state " + transaction.state().stateName()
            + " and cannot " + (result == TransactionResult.COMMIT ? "commit" : "abort"));
    }
}
