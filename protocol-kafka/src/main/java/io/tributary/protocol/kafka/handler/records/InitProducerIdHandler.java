package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.InitProducerIdRequest;

/** InitProducerId for idempotent producers (KIP-98): a new identifier each time. Transactional identifiers are refused. */
public final class InitProducerIdHandler extends ApiHandler<InitProducerIdRequest> {
    private static final short FIRST_EPOCH = 0;

    private final Broker broker;

    public InitProducerIdHandler(Broker broker) {
        super(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequest.class);
        this.broker = broker;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, InitProducerIdRequest request) {
        String transactionalId = request.data().transactionalId();
        if (transactionalId != null) {
            RuntimeException refusal = transactionalId.isEmpty()
                ? new InvalidRequestException("empty transactional id")
                : new TransactionalIdAuthorizationException("this broker has no transactions");
            return Reply.now(request.getErrorResponse(0, refusal).data());
        }
        if (!call.caller().mayOnCluster(Operation.IDEMPOTENT_WRITE) && !call.caller().mayOnAnyTopic(Operation.WRITE)) {
            return CompletableFuture.failedFuture(new ClusterAuthorizationException("may neither write idempotently nor to any topic"));
        }
        return broker.nextId().thenApply(id ->
            new Reply.Message(new InitProducerIdResponseData().setProducerId(id).setProducerEpoch(FIRST_EPOCH)));
    }
}
