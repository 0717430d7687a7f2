package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;

/** ListPartitionReassignments (KIP-455): none is ever under way on one node. */
public final class ListPartitionReassignmentsHandler extends ApiHandler<ListPartitionReassignmentsRequest> {
    public ListPartitionReassignmentsHandler() {
        super(ApiKeys.LIST_PARTITION_REASSIGNMENTS, ListPartitionReassignmentsRequest.class);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListPartitionReassignmentsRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE);
        return Reply.now(new ListPartitionReassignmentsResponseData());
    }
}
