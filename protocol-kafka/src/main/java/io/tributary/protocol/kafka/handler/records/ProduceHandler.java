package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;

/**
 * Produce. The client's batches go to the core as they are, which checks them. acks=1 is answered when the order is fixed, acks=all when
 * the records are durable, acks=0 never, except that an error closes the connection so that the producer asks for metadata again.
 */
public final class ProduceHandler extends ApiHandler<ProduceRequest> {
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final short ACKS_ALL = -1;

    private final TopicLookup lookup;

    public ProduceHandler(Topics topics) {
        super(ApiKeys.PRODUCE, ProduceRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    /** 0, as Kafka 4 does (KAFKA-18659): older librdkafka takes a higher one for a broker that cannot compress. */
    @Override
    public short advertisedOldestVersion() {
        return 0;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ProduceRequest request) {
        short acks = request.acks();
        Errors refusal = refusal(request);
        ProduceOutcome outcome = new ProduceOutcome(acks == ACKS_NONE);
        TopicProduceResponseCollection topics = outcome.topics();
        for (TopicProduceData topicData : request.data().topicData()) {
            TopicLookup.Result found = refusal == Errors.NONE ? find(call, topicData) : new TopicLookup.Result(null, refusal);
            List<PartitionProduceResponse> responses = new ArrayList<>(topicData.partitionData().size());
            topics.add(new TopicProduceResponse().setName(topicData.name()).setTopicId(topicData.topicId())
                .setPartitionResponses(responses));
            for (PartitionProduceData data : topicData.partitionData()) {
                PartitionProduceResponse response = new PartitionProduceResponse().setIndex(data.index());
                responses.add(response);
                produce(found, data, request, outcome, response);
            }
        }
        return outcome.whenAllDone();
    }

    private static Errors refusal(ProduceRequest request) {
        short acks = request.acks();
        if (acks != ACKS_NONE && acks != ACKS_LEADER && acks != ACKS_ALL) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        return request.transactionalId() == null ? Errors.NONE : Errors.INVALID_TXN_STATE;
    }

    private TopicLookup.Result find(Call call, TopicProduceData data) {
        TopicLookup.Result found = lookup.find(call, data.name(), data.topicId(), Operation.WRITE);
        Topic topic = found.topic();
        return topic != null && topic.name().isInternal() ? new TopicLookup.Result(null, Errors.INVALID_TOPIC_EXCEPTION) : found;
    }

    private static void produce(TopicLookup.Result found, PartitionProduceData data, ProduceRequest request, ProduceOutcome outcome,
                                PartitionProduceResponse response) {
        if (found.error() != Errors.NONE) {
            outcome.failed(response, found.error(), found.error().message());
            return;
        }
        Partition partition = TopicLookup.partition(found.topic(), data.index());
        if (partition == null) {
            outcome.failed(response, Errors.UNKNOWN_TOPIC_OR_PARTITION, "no partition " + data.index());
            return;
        }
        try {
            ProduceRequest.validateRecords(request.version(), data.records());
        } catch (ApiException e) {
            outcome.failed(response, Errors.forException(e), e.getMessage());
            return;
        }
        outcome.expect();
        Append append = partition.append(((MemoryRecords) data.records()).buffer());
        CompletionStage<AppendResult> stage = request.acks() == ACKS_ALL ? append.durable() : append.accepted();
        stage.whenComplete((result, failure) -> {
            if (failure == null) {
                response.setBaseOffset(result.baseOffset()).setLogStartOffset(partition.logStartOffset());
            } else {
                outcome.failed(response, KafkaErrors.of(failure), KafkaErrors.message(failure));
            }
            outcome.arrived();
        });
    }
}
