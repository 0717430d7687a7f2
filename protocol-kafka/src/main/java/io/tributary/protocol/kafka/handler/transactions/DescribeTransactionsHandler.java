package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;

/** DescribeTransactions (KIP-664): state, producer, age and partitions, of which only those that the caller may see are told. */
public final class DescribeTransactionsHandler extends TransactionHandler<DescribeTransactionsRequest> {
    public DescribeTransactionsHandler(TransactionCoordinators coordinators) {
        super(ApiKeys.DESCRIBE_TRANSACTIONS, DescribeTransactionsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeTransactionsRequest request) {
        List<CompletableFuture<TransactionState>> described = new ArrayList<>();
        for (String id : request.data().transactionalIds()) {
            described.add(describe(call, id).exceptionally(failure ->
                failed(id, KafkaErrors.of(failure))).toCompletableFuture());
        }
        return CompletableFuture.allOf(described.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new DescribeTransactionsResponseData().setTransactionStates(described.stream().map(CompletableFuture::join).toList())));
    }

    private CompletionStage<TransactionState> describe(Call call, String id) {
        if (!call.caller().mayOnTransaction(Operation.DESCRIBE, id)) {
            return CompletableFuture.completedFuture(failed(id, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        if (!isUsed(call)) {
            return CompletableFuture.completedFuture(
                failed(id, id.isEmpty() ? Errors.INVALID_REQUEST : Errors.TRANSACTIONAL_ID_NOT_FOUND));
        }
        return coordinator(call).thenCompose(coordinator -> coordinator.describe(id)).thenApply(state -> {
            state.topics().removeIf(topic -> !call.caller().mayOnTopic(Operation.DESCRIBE, topic.topic()));
            return state;
        });
    }

    private static TransactionState failed(String id, Errors error) {
        return new TransactionState().setTransactionalId(id).setErrorCode(error.code());
    }
}
