package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Partition;
import io.tributary.core.api.TimestampLookup;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.LeaderEpochs;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/** ListOffsets: beginning, end, by time, and the largest timestamp (KIP-734). There is no tiered storage, so its positions are unknown. */
public final class ListOffsetsHandler extends ApiHandler<ListOffsetsRequest> {
    private static final short LEADER_EPOCH_MIN_VERSION = 4;

    private final TopicLookup lookup;

    public ListOffsetsHandler(Topics topics) {
        super(ApiKeys.LIST_OFFSETS, ListOffsetsRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListOffsetsRequest request) {
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            TopicLookup.Result found = lookup.byName(call, topic.name(), Operation.DESCRIBE);
            List<ListOffsetsPartitionResponse> partitions = new ArrayList<>(topic.partitions().size());
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
            for (ListOffsetsPartition asked : topic.partitions()) {
                ListOffsetsPartitionResponse response = new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
                partitions.add(response);
                pending.add(look(found, asked, request, response));
            }
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
            .thenApply(done -> new Reply.Message(new ListOffsetsResponseData().setTopics(topics)));
    }

    private static CompletableFuture<?> look(TopicLookup.Result topic, ListOffsetsPartition asked, ListOffsetsRequest request,
                                             ListOffsetsPartitionResponse response) {
        Partition partition = TopicLookup.partition(topic.topic(), asked.partitionIndex());
        Errors error = topic.error();
        if (error == Errors.NONE) {
            error = partition == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : LeaderEpochs.check(asked.currentLeaderEpoch(), partition);
        }
        if (partition == null || error != Errors.NONE) {
            response.setErrorCode(error.code());
            return CompletableFuture.completedFuture(response);
        }
        long timestamp = asked.timestamp();
        int epoch = request.version() >= LEADER_EPOCH_MIN_VERSION ? partition.leaderEpoch() : ListOffsetsResponse.UNKNOWN_EPOCH;
        boolean committed = request.isolationLevel() == IsolationLevel.READ_COMMITTED;
        long end = committed ? partition.lastStableOffset() : Long.MAX_VALUE;
        if (timestamp >= 0) {
            return fill(partition.lookUpTimestamp(timestamp), end, response);
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return fill(new LargestTimestamp(partition).find(), Long.MAX_VALUE, response);
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            response.setOffset(partition.logStartOffset()).setLeaderEpoch(epoch);
        } else if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            response.setOffset(committed ? partition.lastStableOffset() : partition.highWatermark()).setLeaderEpoch(epoch);
        } else if (timestamp < ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            response.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        return CompletableFuture.completedFuture(response);
    }

    private static CompletableFuture<?> fill(CompletionStage<TimestampLookup> looking, long end, ListOffsetsPartitionResponse response) {
        return looking.handle((found, failure) -> {
            if (failure == null && found.offset() >= end) {
                return response;
            }
            if (failure == null) {
                return response.setOffset(found.offset()).setTimestamp(found.timestamp());
            }
            return response.setErrorCode(KafkaErrors.of(failure).code());
        }).toCompletableFuture();
    }
}
