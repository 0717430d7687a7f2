package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/** FindCoordinator: this node coordinates every group. Transactions and share groups have no coordinator. */
public final class FindCoordinatorHandler extends GroupHandler<FindCoordinatorRequest> {
    private static final int NO_NODE = -1;

    private final int nodeId;

    public FindCoordinatorHandler(GroupCoordinators coordinators, int nodeId) {
        super(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequest.class, coordinators);
        this.nodeId = nodeId;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, FindCoordinatorRequest request) {
        boolean batched = request.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
        List<String> keys = batched ? request.data().coordinatorKeys() : List.of(request.data().key());
        boolean groups = request.data().keyType() == CoordinatorType.GROUP.id();
        if (!groups) {
            return Reply.now(response(keys.stream().map(key -> failed(key, Errors.INVALID_REQUEST,
                "this broker coordinates consumer groups only, neither transactions nor share groups")).toList(), batched));
        }
        return coordinator(call).handle((ready, failure) -> new Reply.Message(response(keys.stream().map(key -> {
            if (!call.caller().mayOnGroup(Operation.DESCRIBE, key)) {
                return failed(key, Errors.GROUP_AUTHORIZATION_FAILED, Errors.GROUP_AUTHORIZATION_FAILED.message());
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
