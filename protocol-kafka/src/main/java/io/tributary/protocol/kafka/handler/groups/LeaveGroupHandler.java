package io.tributary.protocol.kafka.handler.groups;

import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/** LeaveGroup, of one member or (version 3 on) of several. */
public final class LeaveGroupHandler extends GroupHandler<LeaveGroupRequest> {
    public LeaveGroupHandler(GroupCoordinators coordinators) {
        super(ApiKeys.LEAVE_GROUP, LeaveGroupRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, LeaveGroupRequest request) {
        return ask(call, request.data().groupId(), coordinator -> coordinator.leaveGroup(call.context(), request.normalizedData())
            .thenApply(left -> new LeaveGroupResponse(left, request.version()).data()));
    }
}
