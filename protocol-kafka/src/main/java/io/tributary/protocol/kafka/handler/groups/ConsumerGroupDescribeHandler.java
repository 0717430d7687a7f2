package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;

/** ConsumerGroupDescribe: groups of the new protocol (KIP-848). */
public final class ConsumerGroupDescribeHandler extends GroupHandler<ConsumerGroupDescribeRequest> {
    public ConsumerGroupDescribeHandler(GroupCoordinators coordinators) {
        super(ApiKeys.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ConsumerGroupDescribeRequest request) {
        List<String> allowed = new ArrayList<>();
        List<DescribedGroup> described = new ArrayList<>();
        for (String group : request.data().groupIds()) {
            if (call.caller().mayOnGroup(Operation.DESCRIBE, group)) {
                allowed.add(group);
            } else {
                described.add(new DescribedGroup().setGroupId(group).setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        return coordinator(call).thenCompose(coordinator -> coordinator.consumerGroupDescribe(call.context(), allowed)).thenApply(found -> {
            for (DescribedGroup group : found) {
                if (group.errorCode() == Errors.NONE.code() && !maySeeTopicsOf(call, group)) {
                    described.add(new DescribedGroup().setGroupId(group.groupId()).setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage("The group has described topic(s) that the client is not authorized to describe."));
                    continue;
                }
                if (request.data().includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code()) {
                    group.setAuthorizedOperations(AuthorizedOperations.onGroup(call.caller(), group.groupId()));
                }
                described.add(group);
            }
            return new Reply.Message(new ConsumerGroupDescribeResponseData().setGroups(described));
        });
    }

    private static boolean maySeeTopicsOf(Call call, DescribedGroup group) {
        return group.members().stream().flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
            .flatMap(assignment -> assignment.topicPartitions().stream())
            .allMatch(partitions -> call.caller().mayOnTopic(Operation.DESCRIBE, partitions.topicName()));
    }
}
