package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.coordinator.transaction.Claim;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.server.common.TransactionVersion;

/** AddOffsetsToTxn: takes the partition that keeps a group's offsets into a transaction, for clients before KIP-890. */
public final class AddOffsetsToTxnHandler extends TransactionHandler<AddOffsetsToTxnRequest> {
    private static final int FENCED_MIN_VERSION = 2;

    private final GroupCoordinators groups;

    public AddOffsetsToTxnHandler(TransactionCoordinators coordinators, GroupCoordinators groups) {
        super(ApiKeys.ADD_OFFSETS_TO_TXN, AddOffsetsToTxnRequest.class, coordinators);
        this.groups = groups;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AddOffsetsToTxnRequest request) {
        AddOffsetsToTxnRequestData data = request.data();
        if (!call.caller().mayOnTransaction(Operation.WRITE, data.transactionalId())) {
            return CompletableFuture.failedFuture(
                new TransactionalIdAuthorizationException("may not write with " + data.transactionalId()));
        }
        if (!call.caller().mayOnGroup(Operation.READ, data.groupId())) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(data.groupId()));
        }
        ProducerIdentity producer = new ProducerIdentity(data.producerId(), data.producerEpoch());
        return groups.of(call.namespace()).thenCompose(group -> {
            TopicPartition partition = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, group.partitionFor(data.groupId()));
            Claim claim = Claim.adding(data.transactionalId(), producer, Set.of(partition), TransactionVersion.TV_0);
            return coordinator(call).thenCompose(coordinator -> coordinator.admit(claim));
        }).handle((added, failure) -> new Reply.Message(new AddOffsetsToTxnResponseData()
            .setErrorCode(failure == null ? 0 : error(failure, request.version(), FENCED_MIN_VERSION).code())));
    }
}
