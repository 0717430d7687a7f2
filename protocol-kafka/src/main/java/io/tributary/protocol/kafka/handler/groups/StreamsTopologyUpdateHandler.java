package io.tributary.protocol.kafka.handler.groups;

import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.StreamsGroupTopologyDescriptionUpdateRequest;

/** StreamsGroupTopologyDescriptionUpdate: a member tells what its application's topology is, for who describes the group. */
public final class StreamsTopologyUpdateHandler extends GroupHandler<StreamsGroupTopologyDescriptionUpdateRequest> {
    public StreamsTopologyUpdateHandler(GroupCoordinators coordinators) {
        super(ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE, StreamsGroupTopologyDescriptionUpdateRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, StreamsGroupTopologyDescriptionUpdateRequest request) {
        return ask(call, request.data().groupId(),
            coordinator -> coordinator.streamsGroupTopologyDescriptionUpdate(call.context(), request.data()));
    }
}
