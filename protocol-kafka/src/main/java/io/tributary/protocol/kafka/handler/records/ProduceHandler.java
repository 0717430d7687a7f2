package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.Topic;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
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
import org.jspecify.annotations.Nullable;

/**
 * Produce. The client's batches go to the core as they are, which checks them; it looks at their records only where the topic lets these
 * wait by header. acks=1 is answered when the order is fixed, acks=all when the records are durable, acks=0 never, except that an error
 * closes the connection so that the producer asks for metadata again.
 */
public final class ProduceHandler extends ApiHandler<ProduceRequest> {
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final short ACKS_ALL = -1;

    private final TopicLookup lookup;
    private final Schedule schedule;
    private final TransactionalAppend inTransaction;

    public ProduceHandler(Broker broker, TransactionCoordinators transactions) {
        super(ApiKeys.PRODUCE, ProduceRequest.class);
        this.lookup = new TopicLookup(broker.topics());
        this.schedule = broker.schedule();
        this.inTransaction = new TransactionalAppend(transactions);
    }

    /** 0, as Kafka 4 does (KAFKA-18659): older librdkafka takes a higher one for a broker that cannot compress. */
    @Override
    public short advertisedOldestVersion() {
        return 0;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ProduceRequest request) {
        short acks = request.acks();
        Errors refusal = refusal(call, request);
        ProduceOutcome outcome = new ProduceOutcome(acks == ACKS_NONE);
        TopicProduceResponseCollection topics = outcome.topics();
        List<ProducePart> transactional = new ArrayList<>(0);
        for (TopicProduceData topicData : request.data().topicData()) {
            TopicLookup.Result found = refusal == Errors.NONE ? find(call, topicData) : new TopicLookup.Result(null, refusal);
            List<PartitionProduceResponse> responses = new ArrayList<>(topicData.partitionData().size());
            topics.add(new TopicProduceResponse().setName(topicData.name()).setTopicId(topicData.topicId())
                .setPartitionResponses(responses));
            for (PartitionProduceData data : topicData.partitionData()) {
                PartitionProduceResponse response = new PartitionProduceResponse().setIndex(data.index());
                responses.add(response);
                ProducePart part = part(found, data, request, outcome, response);
                if (part == null) {
                    continue;
                }
                outcome.expect();
                if (request.transactionalId() != null && part.isTransactional()) {
                    transactional.add(part);
                } else {
                    part.append(false, acks == ACKS_ALL, outcome);
                }
            }
        }
        if (!transactional.isEmpty()) {
            inTransaction.begin(call.namespace(), request, transactional, acks == ACKS_ALL, outcome);
        }
        return outcome.whenAllDone();
    }

    private static Errors refusal(Call call, ProduceRequest request) {
        short acks = request.acks();
        if (acks != ACKS_NONE && acks != ACKS_LEADER && acks != ACKS_ALL) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        String transactionalId = request.transactionalId();
        return transactionalId == null || call.caller().mayOnTransaction(Operation.WRITE, transactionalId)
            ? Errors.NONE
            : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    }

    private TopicLookup.Result find(Call call, TopicProduceData data) {
        TopicLookup.Result found = lookup.find(call, data.name(), data.topicId(), Operation.WRITE);
        Topic topic = found.topic();
        return topic != null && topic.name().isInternal() ? new TopicLookup.Result(null, Errors.INVALID_TOPIC_EXCEPTION) : found;
    }

    /** What is to be appended, or null when it is refused, of which the outcome is told. */
    private @Nullable ProducePart part(TopicLookup.Result found, PartitionProduceData data, ProduceRequest request,
                                       ProduceOutcome outcome, PartitionProduceResponse response) {
        if (found.error() != Errors.NONE) {
            outcome.failed(response, found.error(), found.error().message());
            return null;
        }
        Topic topic = found.topic();
        Partition partition = TopicLookup.partition(topic, data.index());
        if (topic == null || partition == null) {
            outcome.failed(response, Errors.UNKNOWN_TOPIC_OR_PARTITION, "no partition " + data.index());
            return null;
        }
        try {
            ProduceRequest.validateRecords(request.version(), data.records());
        } catch (ApiException e) {
            outcome.failed(response, Errors.forException(e), e.getMessage());
            return null;
        }
        MemoryRecords records = (MemoryRecords) data.records();
        long baseOffset = records.buffer().getLong(records.buffer().position());
        if (baseOffset != 0) {
            outcome.failed(response, Errors.INVALID_RECORD, "the base offset of a batch is to be 0, not " + baseOffset);
            return null;
        }
        return new ProducePart(topic, partition, schedule, records, response);
    }
}
