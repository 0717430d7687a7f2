package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinator;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * Serves an API of the transaction coordinator.
 *
 * @param <R> Kafka's class of the request
 */
abstract class TransactionHandler<R extends AbstractRequest> extends ApiHandler<R> {
    private final TransactionCoordinators coordinators;

    TransactionHandler(ApiKeys api, Class<R> requestType, TransactionCoordinators coordinators) {
        super(api, requestType);
        this.coordinators = coordinators;
    }

    final CompletionStage<TransactionCoordinator> coordinator(Call call) {
        return coordinators.of(call.namespace());
    }

    /** Whether there can be any transaction; asking for one must not make the topic of their state. */
    final boolean isUsed(Call call) {
        return coordinators.isUsed(call.namespace());
    }

    /**
     * The error of a failure in a version of the API.
     *
     * @param fencedMinVersion the first version that has PRODUCER_FENCED; those before say INVALID_PRODUCER_EPOCH (KIP-588)
     */
    static Errors error(Throwable failure, short version, int fencedMinVersion) {
        Errors error = KafkaErrors.of(failure);
        return error == Errors.PRODUCER_FENCED && version < fencedMinVersion ? Errors.INVALID_PRODUCER_EPOCH : error;
    }
}
