package io.tributary.protocol.kafka.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.jspecify.annotations.Nullable;

/** The tables of KIP-98, KIP-360 and KIP-890. */
class TransitionRulesTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final short LAST_EPOCH = Short.MAX_VALUE - 1;
    private static final long NOW = 1_000;

    private static TransactionMetadata transaction(TransactionState state, int epoch) {
        Set<TopicPartition> partitions = state == TransactionState.ONGOING ? Set.of(PARTITION) : Set.of();
        return new TransactionMetadata("id", 7, -1, -1, (short) epoch, (short) -1, 60_000, state, partitions, 500, 500,
            TransactionVersion.TV_2);
    }

    private static ProducerIdentity producer(int epoch) {
        return new ProducerIdentity(7, (short) epoch);
    }

    private static void assertRefused(Errors error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ApiException.class).satisfies(thrown ->
            assertThat(Errors.forException(thrown)).isEqualTo(error));
    }

    private static String end(TransactionMetadata transaction, int epoch, TransactionResult result, TransactionVersion version) {
        try {
            Optional<TxnTransitMetadata> next = TransitionRules.end(transaction, producer(epoch), result, version, 99, NOW);
            return next.map(each -> each.txnState().name() + " " + each.producerEpoch()).orElse("NONE");
        } catch (ApiException refused) {
            return Errors.forException(refused).name();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY, ABORT, 4, PRODUCER_FENCED", "EMPTY, ABORT, 5, PREPARE_ABORT 6", "EMPTY, COMMIT, 4, PRODUCER_FENCED",
        "EMPTY, COMMIT, 5, INVALID_TXN_STATE",
        "COMPLETE_ABORT, ABORT, 4, NONE", "COMPLETE_ABORT, ABORT, 5, PREPARE_ABORT 6", "COMPLETE_ABORT, COMMIT, 4, PRODUCER_FENCED",
        "COMPLETE_ABORT, COMMIT, 5, INVALID_TXN_STATE",
        "COMPLETE_COMMIT, ABORT, 4, INVALID_TXN_STATE", "COMPLETE_COMMIT, ABORT, 5, PREPARE_ABORT 6", "COMPLETE_COMMIT, COMMIT, 4, NONE",
        "COMPLETE_COMMIT, COMMIT, 5, INVALID_TXN_STATE",
        "ONGOING, COMMIT, 5, PREPARE_COMMIT 6", "ONGOING, ABORT, 5, PREPARE_ABORT 6", "ONGOING, COMMIT, 4, PRODUCER_FENCED",
        "ONGOING, COMMIT, 6, PRODUCER_FENCED", "PREPARE_COMMIT, COMMIT, 4, CONCURRENT_TRANSACTIONS",
        "PREPARE_COMMIT, ABORT, 5, CONCURRENT_TRANSACTIONS", "PREPARE_ABORT, ABORT, 3, PRODUCER_FENCED"})
    void theSecondVersionTellsARepeatedEndFromTheNextOne(TransactionState state, TransactionResult result, int epoch, String outcome) {
        assertThat(end(transaction(state, 5), epoch, result, TransactionVersion.TV_2)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY, ABORT, INVALID_TXN_STATE", "EMPTY, COMMIT, INVALID_TXN_STATE", "COMPLETE_ABORT, ABORT, NONE",
        "COMPLETE_ABORT, COMMIT, INVALID_TXN_STATE", "COMPLETE_COMMIT, COMMIT, NONE", "COMPLETE_COMMIT, ABORT, INVALID_TXN_STATE",
        "ONGOING, COMMIT, PREPARE_COMMIT 5", "ONGOING, ABORT, PREPARE_ABORT 5", "PREPARE_ABORT, ABORT, CONCURRENT_TRANSACTIONS"})
    void theFirstVersionKeepsTheEpoch(TransactionState state, TransactionResult result, String outcome) {
        assertThat(end(transaction(state, 5), 5, result, TransactionVersion.TV_0)).isEqualTo(outcome);
        assertThat(end(transaction(state, 5), 4, result, TransactionVersion.TV_0)).isEqualTo("PRODUCER_FENCED");
    }

    @Test
    void theLastEpochEndsInAnotherProducer() {
        TransactionMetadata transaction = transaction(TransactionState.ONGOING, LAST_EPOCH);
        assertThat(TransitionRules.endNeedsId(transaction, TransactionVersion.TV_2)).isTrue();
        TxnTransitMetadata prepared = TransitionRules.end(transaction, producer(LAST_EPOCH), TransactionResult.COMMIT,
            TransactionVersion.TV_2, 99, NOW).orElseThrow();
        assertThat(prepared.producerEpoch()).isEqualTo(Short.MAX_VALUE);
        transaction.completeTransitionTo(prepared);
        TxnTransitMetadata completed = transaction.prepareComplete(NOW);
        assertThat(completed.producerId()).isEqualTo(99);
        assertThat(completed.producerEpoch()).isZero();
        transaction.completeTransitionTo(completed);
        assertThat(end(transaction, LAST_EPOCH, TransactionResult.COMMIT, TransactionVersion.TV_2)).as("repeated").isEqualTo("NONE");
    }

    @Test
    void fencingTakesAnEpochThatNobodyGets() {
        TransactionMetadata transaction = transaction(TransactionState.ONGOING, 5);
        TxnTransitMetadata decision = TransitionRules.abortAndFence(transaction, NOW);
        assertThat(decision.txnState()).isEqualTo(TransactionState.PREPARE_ABORT);
        assertThat(decision.producerEpoch()).isEqualTo((short) 7);
        transaction.completeTransitionTo(decision);
        transaction.completeTransitionTo(transaction.prepareComplete(NOW));
        assertRefused(Errors.PRODUCER_FENCED, () -> TransitionRules.add(transaction,
            Claim.adding("id", producer(5), Set.of(PARTITION), TransactionVersion.TV_2), NOW));
        TransitionRules.checkInit(transaction, null);
        assertThat(TransitionRules.init(transaction, 1, null, -1, NOW).producerEpoch()).isEqualTo((short) 8);
    }

    @Test
    void fencingAtTheLastEpochDoesNotGoRound() {
        TransactionMetadata transaction = transaction(TransactionState.ONGOING, LAST_EPOCH);
        transaction.completeTransitionTo(TransitionRules.abortAndFence(transaction, NOW));
        assertThat(transaction.producerEpoch()).isEqualTo(Short.MAX_VALUE);
        transaction.completeTransitionTo(transaction.prepareComplete(NOW));
        assertThat(TransitionRules.initNeedsId(transaction, null)).isTrue();
        TxnTransitMetadata next = TransitionRules.init(transaction, 1, null, 99, NOW);
        assertThat(next.producerId()).isEqualTo(99);
        assertThat(next.producerEpoch()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"7, 5, 6, ", "7, 4, , PRODUCER_FENCED", "8, 5, , PRODUCER_FENCED", ", , 6, "})
    void aProducerThatGoesOnMustBeTheLastOne(@Nullable Long id, @Nullable Short epoch, @Nullable Short next, @Nullable Errors error) {
        TransactionMetadata transaction = transaction(TransactionState.EMPTY, 5);
        ProducerIdentity expected = id == null || epoch == null ? null : new ProducerIdentity(id, epoch);
        ThrowingCallable init = () -> {
            TransitionRules.checkInit(transaction, expected);
            TxnTransitMetadata transit = TransitionRules.init(transaction, 1, expected, -1, NOW);
            assertThat(transit.producerEpoch()).isEqualTo(next);
        };
        if (error == null) {
            assertThatNoException().isThrownBy(init);
        } else {
            assertRefused(error, init);
        }
    }

    @ParameterizedTest
    @EnumSource(value = TransactionState.class, names = {"PREPARE_COMMIT", "PREPARE_ABORT"})
    void nothingBeginsWhileATransactionEnds(TransactionState state) {
        TransactionMetadata transaction = transaction(state, 5);
        assertRefused(Errors.CONCURRENT_TRANSACTIONS, () -> TransitionRules.checkInit(transaction, null));
        assertRefused(Errors.CONCURRENT_TRANSACTIONS, () -> TransitionRules.add(transaction,
            Claim.adding("id", producer(5), Set.of(PARTITION), TransactionVersion.TV_2), NOW));
        assertRefused(Errors.CONCURRENT_TRANSACTIONS, () -> TransitionRules.verify(transaction,
            Claim.verifying("id", producer(5), Set.of(PARTITION))));
    }

    @Test
    void aPartitionIsAddedOnce() {
        TransactionMetadata transaction = transaction(TransactionState.EMPTY, 5);
        Claim claim = Claim.adding("id", producer(5), Set.of(PARTITION), TransactionVersion.TV_2);
        TxnTransitMetadata begun = TransitionRules.add(transaction, claim, NOW).orElseThrow();
        assertThat(begun.txnStartTimestamp()).isEqualTo(NOW);
        assertRefused(Errors.CONCURRENT_TRANSACTIONS, () -> TransitionRules.add(transaction, claim, NOW));
        transaction.completeTransitionTo(begun);
        assertThat(TransitionRules.add(transaction, claim, NOW + 1)).isEmpty();
        TopicPartition other = new TopicPartition("t", 1);
        Claim more = Claim.adding("id", producer(5), Set.of(other), TransactionVersion.TV_2);
        TxnTransitMetadata grown = TransitionRules.add(transaction, more, NOW + 2).orElseThrow();
        assertThat(grown.topicPartitions()).containsExactlyInAnyOrder(PARTITION, other);
        assertThat(grown.txnStartTimestamp()).as("the time runs from the first").isEqualTo(NOW);
    }
}
