package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsRequest;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** DescribeShareGroupOffsets: how far share groups are, by the first offset that is not settled, and what is left (KIP-1226). */
public final class DescribeShareGroupOffsetsHandler extends GroupHandler<DescribeShareGroupOffsetsRequest> {
    public DescribeShareGroupOffsetsHandler(GroupCoordinators coordinators) {
        super(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, DescribeShareGroupOffsetsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeShareGroupOffsetsRequest request) {
        return coordinator(call).thenCompose(coordinator -> {
            List<CompletableFuture<DescribeShareGroupOffsetsResponseGroup>> groups = new ArrayList<>();
            for (DescribeShareGroupOffsetsRequestGroup group : request.data().groups()) {
                groups.add(describe(call, coordinator, group)
                    .exceptionally(failure -> failed(group, KafkaErrors.of(failure))).toCompletableFuture());
            }
            return CompletableFuture.allOf(groups.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
                new DescribeShareGroupOffsetsResponseData().setGroups(groups.stream().map(CompletableFuture::join).toList())));
        });
    }

    private static CompletionStage<DescribeShareGroupOffsetsResponseGroup> describe(Call call, GroupCoordinator coordinator,
                                                                                    DescribeShareGroupOffsetsRequestGroup group) {
        if (!call.caller().mayOnGroup(Operation.DESCRIBE, group.groupId())) {
            return CompletableFuture.completedFuture(failed(group, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        if (group.topics() == null) {
            return coordinator.describeShareGroupAllOffsets(call.context(), group).thenApply(found -> found.setTopics(
                found.topics().stream().filter(topic -> call.caller().mayOnTopic(Operation.DESCRIBE, topic.topicName())).toList()));
        }
        List<DescribeShareGroupOffsetsRequestTopic> allowed = new ArrayList<>();
        List<DescribeShareGroupOffsetsResponseTopic> topics = new ArrayList<>();
        for (DescribeShareGroupOffsetsRequestTopic topic : group.topics()) {
            if (call.caller().mayOnTopic(Operation.DESCRIBE, topic.topicName())) {
                allowed.add(topic);
            } else {
                topics.add(new DescribeShareGroupOffsetsResponseTopic().setTopicName(topic.topicName()).setPartitions(
                    topic.partitions().stream().map(partition -> new DescribeShareGroupOffsetsResponsePartition()
                        .setPartitionIndex(partition).setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message())).toList()));
            }
        }
        DescribeShareGroupOffsetsRequestGroup asked = group.duplicate().setTopics(allowed);
        return coordinator.describeShareGroupOffsets(call.context(), asked).thenApply(found -> {
            topics.addAll(found.topics());
            return found.setTopics(topics);
        });
    }

    private static DescribeShareGroupOffsetsResponseGroup failed(DescribeShareGroupOffsetsRequestGroup group, Errors error) {
        return new DescribeShareGroupOffsetsResponseGroup().setGroupId(group.groupId()).setErrorCode(error.code())
            .setErrorMessage(error.message());
    }
}
