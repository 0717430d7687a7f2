package io.tributary.protocol.kafka.handler.groups;

import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.HeartbeatRequest;

/** Heartbeat of a classic group's member. */
public final class HeartbeatHandler extends GroupHandler<HeartbeatRequest> {
    public HeartbeatHandler(GroupCoordinators coordinators) {
        super(ApiKeys.HEARTBEAT, HeartbeatRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, HeartbeatRequest request) {
        return ask(call, request.data().groupId(), coordinator -> coordinator.heartbeat(call.context(), request.data()));
    }
}
