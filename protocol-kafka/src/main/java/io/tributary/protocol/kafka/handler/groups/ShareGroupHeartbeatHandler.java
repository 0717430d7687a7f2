package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;

/** ShareGroupHeartbeat: membership of share groups (KIP-932). */
public final class ShareGroupHeartbeatHandler extends GroupHandler<ShareGroupHeartbeatRequest> {
    public ShareGroupHeartbeatHandler(GroupCoordinators coordinators) {
        super(ApiKeys.SHARE_GROUP_HEARTBEAT, ShareGroupHeartbeatRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ShareGroupHeartbeatRequest request) {
        List<String> topics = request.data().subscribedTopicNames();
        if (topics != null && !topics.stream().allMatch(topic -> call.caller().mayOnTopic(Operation.DESCRIBE, topic))) {
            return CompletableFuture.failedFuture(new TopicAuthorizationException("may not see all of the subscribed topics"));
        }
        ShareSubscriptions.check(call.namespace(), request.data().groupId());
        return ask(call, request.data().groupId(), coordinator -> coordinator.shareGroupHeartbeat(call.context(), request.data()));
    }
}
