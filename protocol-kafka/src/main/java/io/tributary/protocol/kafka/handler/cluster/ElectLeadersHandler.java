package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;

/** ElectLeaders: no election is ever needed where every partition has one replica. Asked for all partitions, there is nothing to tell. */
public final class ElectLeadersHandler extends ApiHandler<ElectLeadersRequest> {
    private final TopicLookup lookup;

    public ElectLeadersHandler(Topics topics) {
        super(ApiKeys.ELECT_LEADERS, ElectLeadersRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ElectLeadersRequest request) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (!call.caller().mayOnCluster(Operation.ALTER)) {
            return Reply.now(response.setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code()));
        }
        if (request.data().topicPartitions() != null) {
            for (TopicPartitions topic : request.data().topicPartitions()) {
                TopicLookup.Result found = lookup.byName(call, topic.topic(), Operation.DESCRIBE);
                ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
                topic.partitions().forEach(number -> result.partitionResult().add(elect(found, number)));
                response.replicaElectionResults().add(result);
            }
        }
        return Reply.now(response);
    }

    private static PartitionResult elect(TopicLookup.Result topic, int number) {
        Errors error = TopicLookup.partition(topic.topic(), number) == null
            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
            : Errors.ELECTION_NOT_NEEDED;
        return new PartitionResult().setPartitionId(number).setErrorCode(error.code()).setErrorMessage(error.message());
    }
}
