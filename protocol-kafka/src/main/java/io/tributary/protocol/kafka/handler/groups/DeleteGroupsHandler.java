package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.SpreadResults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** DeleteGroups: groups without members, with their offsets. */
public final class DeleteGroupsHandler extends GroupHandler<DeleteGroupsRequest> {
    public DeleteGroupsHandler(GroupCoordinators coordinators) {
        super(ApiKeys.DELETE_GROUPS, DeleteGroupsRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DeleteGroupsRequest request) {
        List<String> allowed = new ArrayList<>();
        DeletableGroupResultCollection results = new DeletableGroupResultCollection();
        for (String group : request.data().groupsNames().stream().distinct().toList()) {
            if (call.caller().mayOnGroup(Operation.DELETE, group)) {
                allowed.add(group);
            } else {
                results.add(SpreadResults.deletedGroup().setGroupId(group).setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        return coordinator(call)
            .thenCompose(coordinator -> coordinator.deleteGroups(call.context(), allowed, BufferSupplier.NO_CACHING))
            .thenApply(deleted -> {
                deleted.forEach(result -> results.add(result.duplicate()));
                return new Reply.Message(new DeleteGroupsResponseData().setResults(results));
            });
    }
}
