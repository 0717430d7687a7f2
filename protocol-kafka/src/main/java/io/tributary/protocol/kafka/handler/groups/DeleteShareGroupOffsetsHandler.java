package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsRequest;

/** DeleteShareGroupOffsets: a group without members forgets topics, and what waits of them. */
public final class DeleteShareGroupOffsetsHandler extends GroupHandler<DeleteShareGroupOffsetsRequest> {
    private final TopicLookup lookup;

    public DeleteShareGroupOffsetsHandler(GroupCoordinators coordinators, Topics topics) {
        super(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, DeleteShareGroupOffsetsRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DeleteShareGroupOffsetsRequest request) {
        String group = request.data().groupId();
        if (!call.caller().mayOnGroup(Operation.DELETE, group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        List<DeleteShareGroupOffsetsRequestTopic> allowed = new ArrayList<>();
        List<DeleteShareGroupOffsetsResponseTopic> topics = new ArrayList<>();
        for (DeleteShareGroupOffsetsRequestTopic topic : request.data().topics()) {
            Errors error = lookup.byName(call, topic.topicName(), Operation.READ).error();
            if (error == Errors.NONE) {
                allowed.add(topic);
            } else {
                topics.add(new DeleteShareGroupOffsetsResponseTopic().setTopicName(topic.topicName()).setErrorCode(error.code())
                    .setErrorMessage(error.message()));
            }
        }
        DeleteShareGroupOffsetsRequestData forwarded = new DeleteShareGroupOffsetsRequestData().setGroupId(group).setTopics(allowed);
        return coordinator(call).thenCompose(coordinator -> coordinator.deleteShareGroupOffsets(call.context(), forwarded))
            .thenApply(deleted -> {
                topics.addAll(deleted.responses());
                return new Reply.Message(deleted.setResponses(topics));
            });
    }
}
