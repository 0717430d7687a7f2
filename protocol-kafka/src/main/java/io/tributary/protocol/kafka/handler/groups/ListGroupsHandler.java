package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListGroupsRequest;

/** ListGroups, with filters by state (KIP-518) and type (KIP-848). */
public final class ListGroupsHandler extends GroupHandler<ListGroupsRequest> {
    public ListGroupsHandler(GroupCoordinators coordinators) {
        super(ApiKeys.LIST_GROUPS, ListGroupsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListGroupsRequest request) {
        return coordinator(call).thenCompose(coordinator -> coordinator.listGroups(call.context(), request.data())).thenApply(response -> {
            if (!call.caller().mayOnCluster(Operation.DESCRIBE)) {
                response.setGroups(response.groups().stream()
                    .filter(group -> call.caller().mayOnGroup(Operation.DESCRIBE, group.groupId())).toList());
            }
            return new Reply.Message(response);
        });
    }
}
