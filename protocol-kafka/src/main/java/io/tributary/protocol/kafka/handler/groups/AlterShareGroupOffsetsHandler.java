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
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsRequest;

/** AlterShareGroupOffsets: a group without members begins anew at these offsets, in these partitions. */
public final class AlterShareGroupOffsetsHandler extends GroupHandler<AlterShareGroupOffsetsRequest> {
    private final TopicLookup lookup;

    public AlterShareGroupOffsetsHandler(GroupCoordinators coordinators, Topics topics) {
        super(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, AlterShareGroupOffsetsRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterShareGroupOffsetsRequest request) {
        String group = request.data().groupId();
        if (!call.caller().mayOnGroup(Operation.READ, group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        List<AlterShareGroupOffsetsResponseTopic> refused = new ArrayList<>();
        AlterShareGroupOffsetsRequestTopicCollection allowed = new AlterShareGroupOffsetsRequestTopicCollection();
        for (AlterShareGroupOffsetsRequestTopic asked : request.data().topics()) {
            TopicLookup.Result found = lookup.byName(call, asked.topicName(), Operation.READ);
            Topic topic = found.topic();
            Errors error = topic == null ? found.error() : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            List<AlterShareGroupOffsetsRequestPartition> there = asked.partitions().stream()
                .filter(partition -> TopicLookup.partition(topic, partition.partitionIndex()) != null).toList();
            List<AlterShareGroupOffsetsResponsePartition> missing = asked.partitions().stream()
                .filter(partition -> !there.contains(partition)).map(partition -> new AlterShareGroupOffsetsResponsePartition()
                    .setPartitionIndex(partition.partitionIndex()).setErrorCode(error.code()).setErrorMessage(error.message())).toList();
            if (!missing.isEmpty()) {
                refused.add(new AlterShareGroupOffsetsResponseTopic().setTopicName(asked.topicName()).setPartitions(missing));
            }
            if (!there.isEmpty()) {
                allowed.add(new AlterShareGroupOffsetsRequestTopic().setTopicName(asked.topicName()).setPartitions(there));
            }
        }
        AlterShareGroupOffsetsRequestData forwarded = new AlterShareGroupOffsetsRequestData().setGroupId(group).setTopics(allowed);
        return coordinator(call).thenCompose(coordinator -> coordinator.alterShareGroupOffsets(call.context(), group, forwarded))
            .thenApply(altered -> {
                for (AlterShareGroupOffsetsResponseTopic topic : refused) {
                    AlterShareGroupOffsetsResponseTopic known = altered.responses().find(topic.topicName());
                    if (known == null) {
                        altered.responses().add(topic);
                    } else {
                        known.partitions().addAll(topic.partitions());
                    }
                }
                return new Reply.Message(altered);
            });
    }
}
