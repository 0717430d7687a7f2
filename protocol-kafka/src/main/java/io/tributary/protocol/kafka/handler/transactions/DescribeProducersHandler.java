package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topics;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.jspecify.annotations.Nullable;

/** DescribeProducers (KIP-664): who writes to a partition, and since which offset in a transaction. */
public final class DescribeProducersHandler extends ApiHandler<DescribeProducersRequest> {
    private static final int NONE = -1;

    private final TopicLookup lookup;

    public DescribeProducersHandler(Topics topics) {
        super(ApiKeys.DESCRIBE_PRODUCERS, DescribeProducersRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeProducersRequest request) {
        List<TopicResponse> topics = new ArrayList<>();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (TopicRequest topic : request.data().topics()) {
            TopicLookup.Result found = lookup.byName(call, topic.name(), Operation.READ);
            List<PartitionResponse> partitions = new ArrayList<>();
            topics.add(new TopicResponse().setName(topic.name()).setPartitions(partitions));
            for (int index : topic.partitionIndexes()) {
                PartitionResponse response = new PartitionResponse().setPartitionIndex(index);
                partitions.add(response);
                pending.add(describe(found, TopicLookup.partition(found.topic(), index), response).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
            .thenApply(done -> new Reply.Message(new DescribeProducersResponseData().setTopics(topics)));
    }

    private static CompletionStage<?> describe(TopicLookup.Result topic, @Nullable Partition partition,
                                               PartitionResponse response) {
        if (partition == null) {
            Errors error = topic.error() == Errors.NONE ? Errors.UNKNOWN_TOPIC_OR_PARTITION : topic.error();
            return CompletableFuture.completedFuture(response.setErrorCode(error.code()).setErrorMessage(error.message()));
        }
        return partition.activeProducers().handle((producers, failure) -> failure == null
            ? response.setActiveProducers(producers.stream().map(DescribeProducersHandler::state).toList())
            : response.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure)));
    }

    private static ProducerState state(ActiveProducer producer) {
        return new ProducerState().setProducerId(producer.id()).setProducerEpoch(producer.epoch())
            .setLastSequence(producer.lastSequence().orElse(NONE)).setLastTimestamp(producer.lastTimestampMs())
            .setCoordinatorEpoch(producer.coordinatorEpoch()).setCurrentTxnStartOffset(producer.transactionStart().orElse(NONE));
    }
}
