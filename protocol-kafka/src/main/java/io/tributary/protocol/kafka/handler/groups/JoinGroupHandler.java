package io.tributary.protocol.kafka.handler.groups;

import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** JoinGroup: answered when the group's members are together. */
public final class JoinGroupHandler extends GroupHandler<JoinGroupRequest> {
    public JoinGroupHandler(GroupCoordinators coordinators) {
        super(ApiKeys.JOIN_GROUP, JoinGroupRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, JoinGroupRequest request) {
        // The response's class fits what may be null to the version.
        return ask(call, request.data().groupId(), coordinator ->
            coordinator.joinGroup(call.context(), request.data(), BufferSupplier.NO_CACHING)
                .thenApply(joined -> new JoinGroupResponse(joined, request.version()).data()));
    }
}
