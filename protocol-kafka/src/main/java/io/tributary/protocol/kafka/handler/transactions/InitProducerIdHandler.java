package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.jspecify.annotations.Nullable;

/**
 * InitProducerId (KIP-98, 360): a new identifier each time for an idempotent producer; for a transactional identifier its producer with the
 * next epoch, which ends what earlier ones do.
 */
public final class InitProducerIdHandler extends TransactionHandler<InitProducerIdRequest> {
    private static final short FIRST_EPOCH = 0;
    private static final int FENCED_MIN_VERSION = 4;

    private final Broker broker;

    public InitProducerIdHandler(Broker broker, TransactionCoordinators coordinators) {
        super(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequest.class, coordinators);
        this.broker = broker;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, InitProducerIdRequest request) {
        InitProducerIdRequestData data = request.data();
        if ((data.producerId() < 0) != (data.producerEpoch() < 0)) {
            return CompletableFuture.failedFuture(new InvalidRequestException("a producer's id and epoch come together"));
        }
        String transactionalId = data.transactionalId();
        if (transactionalId == null) {
            if (!call.caller().mayOnCluster(Operation.IDEMPOTENT_WRITE) && !call.caller().mayOnAnyTopic(Operation.WRITE)) {
                return CompletableFuture.failedFuture(
                    new ClusterAuthorizationException("may neither write idempotently nor to any topic"));
            }
            return broker.nextId().thenApply(id -> reply(new ProducerIdentity(id, FIRST_EPOCH)));
        }
        if (!call.caller().mayOnTransaction(Operation.WRITE, transactionalId)) {
            return CompletableFuture.failedFuture(new TransactionalIdAuthorizationException("may not write with " + transactionalId));
        }
        return coordinator(call)
            .thenCompose(coordinator -> coordinator.init(transactionalId, data.transactionTimeoutMs(), expected(data)))
            .handle((producer, failure) -> failure == null ? reply(producer)
                : new Reply.Message(
                    request.getErrorResponse(0, error(failure, request.version(), FENCED_MIN_VERSION).exception()).data()));
    }

    private static @Nullable ProducerIdentity expected(InitProducerIdRequestData data) {
        return data.producerId() < 0 ? null : new ProducerIdentity(data.producerId(), data.producerEpoch());
    }

    private static Reply reply(ProducerIdentity producer) {
        return new Reply.Message(new InitProducerIdResponseData().setProducerId(producer.id()).setProducerEpoch(producer.epoch()));
    }
}
