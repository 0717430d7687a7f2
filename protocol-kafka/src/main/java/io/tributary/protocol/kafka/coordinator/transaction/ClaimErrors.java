package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.protocol.kafka.translate.KafkaErrors;
import org.apache.kafka.common.protocol.Errors;

/** A refused claim as the requests that append in transactions tell of it: they have other errors than those of the coordinator. */
public final class ClaimErrors {
    private ClaimErrors() {
    }

    /**
     * The error of a failed claim.
     *
     * @param knowsAbortable whether the request's version has TRANSACTION_ABORTABLE (KIP-890)
     * @param epochBump      whether the client has the protocol that gives each transaction an epoch
     */
    public static Errors forAppend(Throwable failure, boolean knowsAbortable, boolean epochBump) {
        Errors error = KafkaErrors.of(failure);
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> knowsAbortable ? error : Errors.INVALID_TXN_STATE;
            // Retriable, and older producers know it; they do not look for metadata first.
            case CONCURRENT_TRANSACTIONS -> epochBump ? error : Errors.NOT_ENOUGH_REPLICAS;
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }
}
