package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionFilter;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListTransactionsRequest;

/** ListTransactions, with filters by state and producer (KIP-664), age (KIP-994) and name (KIP-1152). */
public final class ListTransactionsHandler extends TransactionHandler<ListTransactionsRequest> {
    public ListTransactionsHandler(TransactionCoordinators coordinators) {
        super(ApiKeys.LIST_TRANSACTIONS, ListTransactionsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListTransactionsRequest request) {
        ListTransactionsRequestData data = request.data();
        TransactionFilter filter = new TransactionFilter(data.stateFilters(), data.producerIdFilters(), data.durationFilter(),
            data.transactionalIdPattern());
        if (!isUsed(call)) {
            return Reply.now(response(filter, List.of()));
        }
        return coordinator(call).thenCompose(coordinator -> coordinator.list(filter)).thenApply(found ->
            new Reply.Message(response(filter, found.stream()
                .filter(each -> call.caller().mayOnTransaction(Operation.DESCRIBE, each.transactionalId())).toList())));
    }

    private static ListTransactionsResponseData response(TransactionFilter filter,
                                                         List<ListTransactionsResponseData.TransactionState> found) {
        return new ListTransactionsResponseData().setUnknownStateFilters(filter.unknownStates()).setTransactionStates(found);
    }
}
