package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.model.Namespace;
import io.tributary.protocol.kafka.coordinator.transaction.Claim;
import io.tributary.protocol.kafka.coordinator.transaction.ClaimErrors;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * Appends the parts of a request that belong to a transaction. From version 12 on (KIP-890) this takes their partitions into it; before,
 * the producer has done so with AddPartitionsToTxn.
 */
final class TransactionalAppend {
    private static final short ABORTABLE_MIN_VERSION = 11;

    private final TransactionCoordinators transactions;

    TransactionalAppend(TransactionCoordinators transactions) {
        this.transactions = transactions;
    }

    /** Begins the appends, now or later; every part's answer arrives at the outcome, which expects it. */
    void begin(Namespace namespace, ProduceRequest request, List<ProducePart> parts, boolean untilDurable, ProduceOutcome outcome) {
        Set<ProducerIdentity> producers = parts.stream().map(ProducePart::firstBatch)
            .map(batch -> new ProducerIdentity(batch.producerId(), batch.producerEpoch())).collect(Collectors.toSet());
        if (producers.size() > 1) {
            refuse(parts, outcome, Errors.INVALID_PRODUCER_ID_MAPPING, "a transaction has one producer");
            return;
        }
        boolean adds = request.version() > ProduceRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2;
        Claim claim = claim(request.transactionalId(), producers.iterator().next(), parts, adds);
        transactions.of(namespace)
            .thenCompose(coordinator ->
                coordinator.append(claim, () -> parts.forEach(part -> part.append(true, untilDurable, outcome))))
            .whenComplete((begun, failure) -> {
                if (failure != null) {
                    Errors error = ClaimErrors.forAppend(failure, request.version() >= ABORTABLE_MIN_VERSION, adds);
                    refuse(parts, outcome, error, KafkaErrors.message(failure));
                }
            });
    }

    private static Claim claim(String transactionalId, ProducerIdentity producer, List<ProducePart> parts, boolean adds) {
        Set<TopicPartition> partitions = parts.stream().map(ProducePart::name).collect(Collectors.toSet());
        return adds ? Claim.adding(transactionalId, producer, partitions, TransactionVersion.TV_2)
            : Claim.verifying(transactionalId, producer, partitions);
    }

    private static void refuse(List<ProducePart> parts, ProduceOutcome outcome, Errors error, String message) {
        for (ProducePart part : parts) {
            outcome.failed(part.response(), error, message);
            outcome.arrived();
        }
    }
}
