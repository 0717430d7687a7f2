package io.tributary.protocol.kafka.handler.groups;

import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** SyncGroup: answered when the leader has sent the assignment. */
public final class SyncGroupHandler extends GroupHandler<SyncGroupRequest> {
    public SyncGroupHandler(GroupCoordinators coordinators) {
        super(ApiKeys.SYNC_GROUP, SyncGroupRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, SyncGroupRequest request) {
        if (!request.areMandatoryProtocolTypeAndNamePresent()) {
            return CompletableFuture.failedFuture(new InconsistentGroupProtocolException("protocol type and name are needed"));
        }
        return ask(call, request.data().groupId(), coordinator ->
            coordinator.syncGroup(call.context(), request.data(), BufferSupplier.NO_CACHING));
    }
}
