package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.Claim;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinator;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * AddPartitionsToTxn: takes partitions into a transaction before anything is written to them, all or none; up to version 3 of producers
 * before KIP-890. Later versions are those of brokers among themselves, which may also only ask whether partitions are in it.
 */
public final class AddPartitionsToTxnHandler extends TransactionHandler<AddPartitionsToTxnRequest> {
    private static final short LAST_CLIENT_VERSION = 3;
    private static final int FENCED_MIN_VERSION = 2;
    private static final int ABORTABLE_MIN_VERSION = 5;

    private final TopicLookup lookup;

    public AddPartitionsToTxnHandler(TransactionCoordinators coordinators, Topics topics) {
        super(ApiKeys.ADD_PARTITIONS_TO_TXN, AddPartitionsToTxnRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AddPartitionsToTxnRequest request) {
        boolean fromClient = request.version() <= LAST_CLIENT_VERSION;
        if (!fromClient && !call.caller().mayOnCluster(Operation.CLUSTER_ACTION)) {
            return CompletableFuture.failedFuture(new ClusterAuthorizationException("these versions are for brokers"));
        }
        List<CompletableFuture<AddPartitionsToTxnResult>> results = new ArrayList<>();
        AddPartitionsToTxnRequest normal = fromClient ? request.normalizeRequest() : request;
        for (AddPartitionsToTxnTransaction transaction : normal.data().transactions()) {
            results.add(answer(call, request, transaction, partitions(transaction))
                .thenApply(errors -> AddPartitionsToTxnResponse.resultForTransaction(transaction.transactionalId(), errors))
                .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> {
            AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
            if (fromClient) {
                response.setResultsByTopicV3AndBelow(results.get(0).join().topicResults());
            } else {
                results.forEach(result -> response.resultsByTransaction().add(result.join()));
            }
            return new Reply.Message(response);
        });
    }

    private static Set<TopicPartition> partitions(AddPartitionsToTxnTransaction transaction) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (AddPartitionsToTxnTopic topic : transaction.topics()) {
            topic.partitions().forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition)));
        }
        return partitions;
    }

    private CompletionStage<Map<TopicPartition, Errors>> answer(Call call, AddPartitionsToTxnRequest request,
                                                                AddPartitionsToTxnTransaction transaction, Set<TopicPartition> asked) {
        String id = transaction.transactionalId();
        if (request.version() <= LAST_CLIENT_VERSION && !call.caller().mayOnTransaction(Operation.WRITE, id)) {
            return CompletableFuture.completedFuture(all(asked, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        ProducerIdentity producer = new ProducerIdentity(transaction.producerId(), transaction.producerEpoch());
        if (transaction.verifyOnly()) {
            return verify(call, Claim.verifying(id, producer, asked), request.version());
        }
        Map<TopicPartition, Errors> refused = refused(call, asked);
        if (!refused.isEmpty()) {
            Map<TopicPartition, Errors> errors = all(asked, Errors.OPERATION_NOT_ATTEMPTED);
            errors.putAll(refused);
            return CompletableFuture.completedFuture(errors);
        }
        TransactionVersion version = TransactionVersion.transactionVersionForAddPartitionsToTxn(request);
        Claim claim = Claim.adding(id, producer, asked, version);
        return coordinator(call).thenCompose(coordinator -> coordinator.admit(claim)).handle((added, failure) ->
            all(asked, failure == null ? Errors.NONE : error(failure, request.version(), FENCED_MIN_VERSION)));
    }

    private CompletionStage<Map<TopicPartition, Errors>> verify(Call call, Claim claim, short requestVersion) {
        CompletionStage<TransactionCoordinator> coordinator = coordinator(call);
        Errors missing = requestVersion >= ABORTABLE_MIN_VERSION ? Errors.TRANSACTION_ABORTABLE : Errors.INVALID_TXN_STATE;
        return coordinator.thenCompose(found -> found.verify(claim)).handle((present, failure) -> {
            if (failure != null) {
                return all(claim.partitions(), error(failure, requestVersion, FENCED_MIN_VERSION));
            }
            Map<TopicPartition, Errors> errors = all(claim.partitions(), missing);
            errors.putAll(all(present, Errors.NONE));
            return errors;
        });
    }

    private Map<TopicPartition, Errors> refused(Call call, Set<TopicPartition> asked) {
        Map<TopicPartition, Errors> refused = new HashMap<>();
        for (TopicPartition partition : asked) {
            TopicLookup.Result found = lookup.byName(call, partition.topic(), Operation.WRITE);
            Topic topic = found.topic();
            if (topic == null) {
                refused.put(partition, found.error());
            } else if (topic.name().isInternal()) {
                refused.put(partition, Errors.TOPIC_AUTHORIZATION_FAILED);
            } else if (TopicLookup.partition(topic, partition.partition()) == null) {
                refused.put(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        return refused;
    }

    private static Map<TopicPartition, Errors> all(Set<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new LinkedHashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return errors;
    }
}
