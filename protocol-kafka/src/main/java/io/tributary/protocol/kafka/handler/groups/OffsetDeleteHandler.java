package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** OffsetDelete (KIP-496). */
public final class OffsetDeleteHandler extends GroupHandler<OffsetDeleteRequest> {
    private final TopicLookup lookup;

    public OffsetDeleteHandler(GroupCoordinators coordinators, Topics topics) {
        super(ApiKeys.OFFSET_DELETE, OffsetDeleteRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, OffsetDeleteRequest request) {
        String group = request.data().groupId();
        if (!call.caller().mayOnGroup(Operation.DELETE, group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic topic : request.data().topics()) {
            Errors error = lookup.byName(call, topic.name(), Operation.READ).error();
            if (error == Errors.NONE) {
                known.add(topic.duplicate());
            } else {
                response.addPartitions(topic.name(), topic.partitions(), OffsetDeleteRequestPartition::partitionIndex, error);
            }
        }
        OffsetDeleteRequestData asked = new OffsetDeleteRequestData().setGroupId(group).setTopics(known);
        return coordinator(call)
            .thenCompose(coordinator -> coordinator.deleteOffsets(call.context(), asked, BufferSupplier.NO_CACHING))
            .thenApply(deleted -> new Reply.Message(response.merge(deleted).build().data()));
    }
}
