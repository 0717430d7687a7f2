package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;

/** DescribeGroups: classic groups. */
public final class DescribeGroupsHandler extends GroupHandler<DescribeGroupsRequest> {
    public DescribeGroupsHandler(GroupCoordinators coordinators) {
        super(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeGroupsRequest request) {
        List<String> allowed = new ArrayList<>();
        List<DescribedGroup> described = new ArrayList<>();
        for (String group : request.data().groups()) {
            if (call.caller().mayOnGroup(Operation.DESCRIBE, group)) {
                allowed.add(group);
            } else {
                described.add(new DescribedGroup().setGroupId(group).setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        return coordinator(call).thenCompose(coordinator -> coordinator.describeGroups(call.context(), allowed)).thenApply(found -> {
            for (DescribedGroup group : found) {
                if (request.data().includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code()) {
                    group.setAuthorizedOperations(AuthorizedOperations.onGroup(call.caller(), group.groupId()));
                }
                described.add(group);
            }
            return new Reply.Message(new DescribeGroupsResponseData().setGroups(described));
        });
    }
}
