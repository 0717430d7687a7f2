package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.SpreadResults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/** DeleteRecords (KIP-107): moves the start of a partition up. Refused for the broker's own topics. */
public final class DeleteRecordsHandler extends ApiHandler<DeleteRecordsRequest> {
    private final TopicLookup lookup;

    public DeleteRecordsHandler(Topics topics) {
        super(ApiKeys.DELETE_RECORDS, DeleteRecordsRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DeleteRecordsRequest request) {
        DeleteRecordsTopicResultCollection topics = new DeleteRecordsTopicResultCollection();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.data().topics()) {
            TopicLookup.Result found = lookup.byName(call, topic.name(), Operation.DELETE);
            if (found.topic() != null && found.topic().name().isInternal()) {
                found = new TopicLookup.Result(null, Errors.INVALID_TOPIC_EXCEPTION);
            }
            DeleteRecordsPartitionResultCollection partitions = new DeleteRecordsPartitionResultCollection();
            topics.add(SpreadResults.shortenedTopic().setName(topic.name()).setPartitions(partitions));
            for (DeleteRecordsPartition asked : topic.partitions()) {
                DeleteRecordsPartitionResult result = SpreadResults.shortenedPartition().setPartitionIndex(asked.partitionIndex())
                    .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
                partitions.add(result);
                pending.add(delete(found, asked, result));
            }
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
            .thenApply(done -> new Reply.Message(new DeleteRecordsResponseData().setTopics(topics)));
    }

    private static CompletableFuture<?> delete(TopicLookup.Result topic, DeleteRecordsPartition asked,
                                               DeleteRecordsPartitionResult result) {
        Partition partition = TopicLookup.partition(topic.topic(), asked.partitionIndex());
        Errors error = topic.error();
        long offset = asked.offset();
        if (error == Errors.NONE && partition == null) {
            error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } else if (error == Errors.NONE && partition != null) {
            offset = offset == DeleteRecordsRequest.HIGH_WATERMARK ? partition.highWatermark() : offset;
            error = offset < 0 || offset > partition.highWatermark() ? Errors.OFFSET_OUT_OF_RANGE : Errors.NONE;
        }
        if (partition == null || error != Errors.NONE) {
            return CompletableFuture.completedFuture(result.setErrorCode(error.code()));
        }
        return partition.deleteBefore(offset).handle((start, failure) -> failure == null
            ? result.setLowWatermark(start)
            : result.setErrorCode(KafkaErrors.of(failure).code())).toCompletableFuture();
    }
}
