package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.api.Topic;
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
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** OffsetCommit: of members, and without a group's membership; topics by name or (version 10) by identifier. */
public final class OffsetCommitHandler extends GroupHandler<OffsetCommitRequest> {
    private final TopicLookup lookup;

    public OffsetCommitHandler(GroupCoordinators coordinators, Topics topics) {
        super(ApiKeys.OFFSET_COMMIT, OffsetCommitRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, OffsetCommitRequest request) {
        OffsetCommitRequestData data = request.data();
        if (!call.caller().mayOnGroup(Operation.READ, data.groupId())) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(data.groupId()));
        }
        OffsetCommitResponse.Builder response = OffsetCommitResponse.newBuilder(OffsetCommitResponse.useTopicIds(request.version()));
        List<OffsetCommitRequestTopic> accepted = new ArrayList<>(data.topics().size());
        for (OffsetCommitRequestTopic asked : data.topics()) {
            TopicLookup.Result found = lookup.find(call, asked.name(), asked.topicId(), Operation.READ);
            Topic topic = found.topic();
            if (topic == null) {
                response.addPartitions(asked.topicId(), asked.name(), asked.partitions(), OffsetCommitRequestPartition::partitionIndex,
                    found.error());
            } else {
                accepted.add(existing(asked, topic, response));
            }
        }
        OffsetCommitRequestData forwarded = data.duplicate().setTopics(accepted);
        return coordinator(call)
            .thenCompose(coordinator -> coordinator.commitOffsets(call.context(), forwarded, BufferSupplier.NO_CACHING))
            .thenApply(committed -> new Reply.Message(response.merge(committed).build().data()));
    }

    /** The part of the request that is about partitions which exist; the others are answered. */
    private static OffsetCommitRequestTopic existing(OffsetCommitRequestTopic asked, Topic topic, OffsetCommitResponse.Builder response) {
        List<OffsetCommitRequestPartition> partitions = new ArrayList<>(asked.partitions().size());
        for (OffsetCommitRequestPartition partition : asked.partitions()) {
            if (TopicLookup.partition(topic, partition.partitionIndex()) == null) {
                response.addPartition(asked.topicId(), topic.name().name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                partitions.add(partition);
            }
        }
        return new OffsetCommitRequestTopic().setName(topic.name().name()).setTopicId(asked.topicId()).setPartitions(partitions);
    }
}
