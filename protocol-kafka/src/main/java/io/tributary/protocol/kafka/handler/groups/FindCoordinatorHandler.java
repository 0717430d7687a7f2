package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/** FindCoordinator: this node coordinates every group and transaction. Share groups have no coordinator. */
public final class FindCoordinatorHandler extends GroupHandler<FindCoordinatorRequest> {
    private static final int NO_NODE = -1;

    private final TransactionCoordinators transactions;
    private final int nodeId;

    public FindCoordinatorHandler(GroupCoordinators coordinators, TransactionCoordinators transactions, int nodeId) {
        super(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequest.class, coordinators);
        this.transactions = transactions;
        this.nodeId = nodeId;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, FindCoordinatorRequest request) {
        boolean batched = request.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
        List<String> keys = batched ? request.data().coordinatorKeys() : List.of(request.data().key());
        byte type = request.data().keyType();
        if (type == CoordinatorType.GROUP.id()) {
            return located(coordinator(call), call, keys, batched, Errors.GROUP_AUTHORIZATION_FAILED,
                key -> call.caller().mayOnGroup(Operation.DESCRIBE, key));
        }
        if (type == CoordinatorType.TRANSACTION.id()) {
            return located(transactions.of(call.namespace()), call, keys, batched, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                key -> call.caller().mayOnTransaction(Operation.DESCRIBE, key));
        }
        return Reply.now(response(keys.stream().map(key -> failed(key, Errors.INVALID_REQUEST,
            "this broker coordinates consumer groups and transactions, no share groups")).toList(), batched));
    }

    private CompletionStage<Reply> located(CompletionStage<?> starting, Call call, List<String> keys, boolean batched, Errors refusal,
                                           Predicate<String> allowed) {
        return starting.handle((ready, failure) -> new Reply.Message(response(keys.stream().map(key -> {
            if (!allowed.test(key)) {
                return failed(key, refusal, refusal.message());
            }
            if (failure != null) {
                return failed(key, KafkaErrors.of(failure), KafkaErrors.message(failure));
            }
            return new Coordinator().setKey(key).setNodeId(nodeId).setHost(call.caller().host()).setPort(call.caller().port());
        }).toList(), batched)));
    }

    private static Coordinator failed(String key, Errors error, String message) {
        return new Coordinator().setKey(key).setNodeId(NO_NODE).setPort(NO_NODE).setErrorCode(error.code()).setErrorMessage(message);
    }

    private static FindCoordinatorResponseData response(List<Coordinator> coordinators, boolean batched) {
        if (batched) {
            return new FindCoordinatorResponseData().setCoordinators(coordinators);
        }
        Coordinator only = coordinators.get(0);
        return new FindCoordinatorResponseData().setNodeId(only.nodeId()).setHost(only.host()).setPort(only.port())
            .setErrorCode(only.errorCode()).setErrorMessage(only.errorMessage());
    }
}
