package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.server.common.TransactionVersion;

/** EndTxn: commits or aborts; from version 5 on the producer gets its next epoch with it (KIP-890). */
public final class EndTxnHandler extends TransactionHandler<EndTxnRequest> {
    private static final int FENCED_MIN_VERSION = 2;

    public EndTxnHandler(TransactionCoordinators coordinators) {
        super(ApiKeys.END_TXN, EndTxnRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, EndTxnRequest request) {
        EndTxnRequestData data = request.data();
        if (!call.caller().mayOnTransaction(Operation.WRITE, data.transactionalId())) {
            return CompletableFuture.failedFuture(
                new TransactionalIdAuthorizationException("may not write with " + data.transactionalId()));
        }
        TransactionVersion version = TransactionVersion.transactionVersionForEndTxn(request);
        ProducerIdentity producer = new ProducerIdentity(data.producerId(), data.producerEpoch());
        return coordinator(call)
            .thenCompose(coordinator -> coordinator.end(data.transactionalId(), producer, request.result(), version))
            .handle((next, failure) -> {
                EndTxnResponseData response = new EndTxnResponseData();
                if (failure != null) {
                    response.setErrorCode(error(failure, request.version(), FENCED_MIN_VERSION).code());
                } else if (version.supportsEpochBump()) {
                    response.setProducerId(next.id()).setProducerEpoch(next.epoch());
                }
                return new Reply.Message(response);
            });
    }
}
