package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * TxnOffsetCommit: offsets that count when the transaction commits (KIP-98, 447); topics by name or (version 6) by identifier. From version
 * 5 on the partition that keeps them comes into the transaction with it (KIP-890).
 */
public final class TxnOffsetCommitHandler extends ApiHandler<TxnOffsetCommitRequest> {
    private static final short LOAD_IN_PROGRESS_MIN_VERSION = 2;

    private final GroupCoordinators groups;
    private final TopicLookup lookup;

    public TxnOffsetCommitHandler(GroupCoordinators groups, Topics topics) {
        super(ApiKeys.TXN_OFFSET_COMMIT, TxnOffsetCommitRequest.class);
        this.groups = groups;
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, TxnOffsetCommitRequest request) {
        TxnOffsetCommitRequestData data = request.data();
        if (!call.caller().mayOnTransaction(Operation.WRITE, data.transactionalId())) {
            return CompletableFuture.failedFuture(
                new TransactionalIdAuthorizationException("may not write with " + data.transactionalId()));
        }
        if (!call.caller().mayOnGroup(Operation.READ, data.groupId())) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(data.groupId()));
        }
        TxnOffsetCommitResponse.Builder response =
            TxnOffsetCommitResponse.newBuilder(TxnOffsetCommitResponse.useTopicIds(request.version()));
        List<TxnOffsetCommitRequestTopic> accepted = new ArrayList<>(data.topics().size());
        for (TxnOffsetCommitRequestTopic asked : data.topics()) {
            TopicLookup.Result found = lookup.find(call, asked.name(), asked.topicId(), Operation.READ);
            Topic topic = found.topic();
            if (topic == null) {
                response.addPartitions(asked.topicId(), asked.name(), asked.partitions(), TxnOffsetCommitRequestPartition::partitionIndex,
                    found.error());
            } else {
                accepted.add(existing(asked, topic, response));
            }
        }
        if (accepted.stream().allMatch(topic -> topic.partitions().isEmpty())) {
            return Reply.now(response.build().data());
        }
        TxnOffsetCommitRequestData forwarded = data.duplicate().setTopics(accepted);
        return groups.of(call.namespace())
            .thenCompose(group -> group.commitTransactionalOffsets(call.context(), forwarded, BufferSupplier.NO_CACHING))
            .thenApply(committed -> new Reply.Message(response.merge(forVersion(committed, request.version())).build().data()));
    }

    /** The part of the request that is about partitions which exist; the others are answered. */
    private static TxnOffsetCommitRequestTopic existing(TxnOffsetCommitRequestTopic asked, Topic topic,
                                                        TxnOffsetCommitResponse.Builder response) {
        List<TxnOffsetCommitRequestPartition> partitions = new ArrayList<>(asked.partitions().size());
        for (TxnOffsetCommitRequestPartition partition : asked.partitions()) {
            if (TopicLookup.partition(topic, partition.partitionIndex()) == null) {
                response.addPartition(asked.topicId(), topic.name().name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                partitions.add(partition);
            }
        }
        return new TxnOffsetCommitRequestTopic().setName(topic.name().name()).setTopicId(asked.topicId()).setPartitions(partitions);
    }

    private static TxnOffsetCommitResponseData forVersion(TxnOffsetCommitResponseData committed, short version) {
        if (version < LOAD_IN_PROGRESS_MIN_VERSION) {
            for (TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic topic : committed.topics()) {
                for (TxnOffsetCommitResponsePartition partition : topic.partitions()) {
                    if (partition.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()) {
                        partition.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
                    }
                }
            }
        }
        return committed;
    }
}
