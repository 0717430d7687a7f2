package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.LeaderEpochs;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/**
 * OffsetForLeaderEpoch (KIP-320): where an epoch's records end, by which a consumer sees that the log was cut back behind it. A partition
 * has one epoch, whose records end where the log does; of any other nothing is known.
 */
public final class OffsetForLeaderEpochHandler extends ApiHandler<OffsetsForLeaderEpochRequest> {
    private final TopicLookup lookup;

    public OffsetForLeaderEpochHandler(Topics topics) {
        super(ApiKeys.OFFSET_FOR_LEADER_EPOCH, OffsetsForLeaderEpochRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, OffsetsForLeaderEpochRequest request) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.data().topics()) {
            TopicLookup.Result found = lookup.byName(call, topic.topic(), Operation.DESCRIBE);
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(partition -> result.partitions().add(end(found, partition)));
            response.topics().add(result);
        }
        return Reply.now(response);
    }

    private static EpochEndOffset end(TopicLookup.Result topic, OffsetForLeaderPartition asked) {
        Partition partition = TopicLookup.partition(topic.topic(), asked.partition());
        Errors error = topic.error();
        if (error == Errors.NONE) {
            error = partition == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : LeaderEpochs.check(asked.currentLeaderEpoch(), partition);
        }
        EpochEndOffset end = new EpochEndOffset().setPartition(asked.partition()).setErrorCode(error.code())
            .setLeaderEpoch(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH)
            .setEndOffset(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH_OFFSET);
        return partition == null || error != Errors.NONE || asked.leaderEpoch() != partition.leaderEpoch()
            ? end
            : end.setLeaderEpoch(partition.leaderEpoch()).setEndOffset(partition.highWatermark());
    }
}
