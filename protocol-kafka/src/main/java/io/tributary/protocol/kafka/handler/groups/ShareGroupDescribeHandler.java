package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareGroupDescribeRequest;

/** ShareGroupDescribe: share groups and their members. */
public final class ShareGroupDescribeHandler extends GroupHandler<ShareGroupDescribeRequest> {
    public ShareGroupDescribeHandler(GroupCoordinators coordinators) {
        super(ApiKeys.SHARE_GROUP_DESCRIBE, ShareGroupDescribeRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ShareGroupDescribeRequest request) {
        List<String> allowed = new ArrayList<>();
        List<DescribedGroup> described = new ArrayList<>();
        for (String group : request.data().groupIds()) {
            if (call.caller().mayOnGroup(Operation.DESCRIBE, group)) {
                allowed.add(group);
            } else {
                described.add(new DescribedGroup().setGroupId(group).setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        return coordinator(call).thenCompose(coordinator -> coordinator.shareGroupDescribe(call.context(), allowed)).thenApply(found -> {
            for (DescribedGroup group : found) {
                boolean there = group.errorCode() == Errors.NONE.code();
                if (there && !maySeeTopicsOf(call, group)) {
                    described.add(new DescribedGroup().setGroupId(group.groupId()).setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage("The group has described topic(s) that the client is not authorized to describe."));
                    continue;
                }
                if (there && request.data().includeAuthorizedOperations()) {
                    group.setAuthorizedOperations(AuthorizedOperations.onGroup(call.caller(), group.groupId()));
                }
                described.add(group);
            }
            return new Reply.Message(new ShareGroupDescribeResponseData().setGroups(described));
        });
    }

    private static boolean maySeeTopicsOf(Call call, DescribedGroup group) {
        return group.members().stream().flatMap(member -> member.assignment().topicPartitions().stream())
            .allMatch(partitions -> call.caller().mayOnTopic(Operation.DESCRIBE, partitions.topicName()));
    }
}
