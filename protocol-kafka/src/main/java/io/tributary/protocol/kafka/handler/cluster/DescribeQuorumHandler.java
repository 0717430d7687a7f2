package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.NodeCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;

/**
 * DescribeQuorum (KIP-836, KIP-853): this node leads, and is the only voter. The metadata is no log, so that offsets are -1, which stands
 * for an unknown one.
 */
public final class DescribeQuorumHandler extends ApiHandler<DescribeQuorumRequest> {
    private static final TopicPartition METADATA = new TopicPartition(Topic.CLUSTER_METADATA_TOPIC_NAME, 0);
    private static final long UNKNOWN = -1;

    private final int nodeId;

    public DescribeQuorumHandler(Broker broker) {
        super(ApiKeys.DESCRIBE_QUORUM, DescribeQuorumRequest.class);
        this.nodeId = broker.nodeId();
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeQuorumRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE);
        if (!asksForMetadata(request.data())) {
            return Reply.now(DescribeQuorumRequest.getPartitionLevelErrorResponse(request.data(), Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        long now = System.currentTimeMillis();
        ReplicaState voter = new ReplicaState().setReplicaId(nodeId).setLogEndOffset(UNKNOWN).setLastFetchTimestamp(now)
            .setLastCaughtUpTimestamp(now);
        PartitionData partition = new PartitionData().setPartitionIndex(METADATA.partition()).setLeaderId(nodeId)
            .setHighWatermark(UNKNOWN).setCurrentVoters(List.of(voter)).setErrorMessage(null);
        ListenerCollection listeners = new ListenerCollection();
        listeners.add(new Listener().setName(call.context().listenerName.value()).setHost(call.caller().host())
            .setPort(call.caller().port()));
        NodeCollection nodes = new NodeCollection();
        nodes.add(new Node().setNodeId(nodeId).setListeners(listeners));
        return Reply.now(DescribeQuorumResponse.singletonResponse(METADATA, partition, nodes).setErrorMessage(null));
    }

    private static boolean asksForMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1 && request.topics().get(0).topicName().equals(METADATA.topic())
            && request.topics().get(0).partitions().size() == 1
            && request.topics().get(0).partitions().get(0).partitionIndex() == METADATA.partition();
    }
}
