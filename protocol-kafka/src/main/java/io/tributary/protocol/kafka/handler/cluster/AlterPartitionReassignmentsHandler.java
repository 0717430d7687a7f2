package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;

/** AlterPartitionReassignments (KIP-455): a partition stays on the one node that there is, or goes to one that is not there. */
public final class AlterPartitionReassignmentsHandler extends ApiHandler<AlterPartitionReassignmentsRequest> {
    private final TopicLookup lookup;
    private final int nodeId;

    public AlterPartitionReassignmentsHandler(Topics topics, int nodeId) {
        super(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, AlterPartitionReassignmentsRequest.class);
        this.lookup = new TopicLookup(topics);
        this.nodeId = nodeId;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterPartitionReassignmentsRequest request) {
        call.caller().requireOnCluster(Operation.ALTER);
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
            .setAllowReplicationFactorChange(request.data().allowReplicationFactorChange());
        for (ReassignableTopic topic : request.data().topics()) {
            TopicLookup.Result found = lookup.byName(call, topic.name(), Operation.DESCRIBE);
            ReassignableTopicResponse result = new ReassignableTopicResponse().setName(topic.name());
            for (ReassignablePartition partition : topic.partitions()) {
                Errors error = reassign(found, partition);
                result.partitions().add(new ReassignablePartitionResponse().setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(error.code()).setErrorMessage(error.message()));
            }
            response.responses().add(result);
        }
        return Reply.now(response);
    }

    private Errors reassign(TopicLookup.Result topic, ReassignablePartition asked) {
        if (TopicLookup.partition(topic.topic(), asked.partitionIndex()) == null) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (asked.replicas() == null) {
            return Errors.NO_REASSIGNMENT_IN_PROGRESS;
        }
        return asked.replicas().equals(List.of(nodeId)) ? Errors.NONE : Errors.INVALID_REPLICA_ASSIGNMENT;
    }
}
