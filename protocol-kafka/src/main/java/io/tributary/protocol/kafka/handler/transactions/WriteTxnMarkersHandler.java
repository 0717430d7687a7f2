package io.tributary.protocol.kafka.handler.transactions;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.transaction.Marker;
import io.tributary.protocol.kafka.coordinator.transaction.ProducerIdentity;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinator;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerPartitionResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;

/** WriteTxnMarkers: for the tool that ends a transaction which no coordinator knows of (KIP-664); needs ALTER or CLUSTER_ACTION. */
public final class WriteTxnMarkersHandler extends TransactionHandler<WriteTxnMarkersRequest> {
    public WriteTxnMarkersHandler(TransactionCoordinators coordinators) {
        super(ApiKeys.WRITE_TXN_MARKERS, WriteTxnMarkersRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, WriteTxnMarkersRequest request) {
        if (!call.caller().mayOnCluster(Operation.ALTER) && !call.caller().mayOnCluster(Operation.CLUSTER_ACTION)) {
            return CompletableFuture.failedFuture(new ClusterAuthorizationException("may not end other producers' transactions"));
        }
        return coordinator(call).thenCompose(coordinator -> write(coordinator, request));
    }

    private static CompletionStage<Reply> write(TransactionCoordinator coordinator, WriteTxnMarkersRequest request) {
        List<WritableTxnMarkerResult> results = new ArrayList<>();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (WritableTxnMarker asked : request.data().markers()) {
            Marker marker = new Marker(new ProducerIdentity(asked.producerId(), asked.producerEpoch()), asked.coordinatorEpoch(),
                asked.transactionResult() ? TransactionResult.COMMIT : TransactionResult.ABORT, asked.transactionVersion());
            List<WritableTxnMarkerTopicResult> topics = new ArrayList<>();
            for (WritableTxnMarkerTopic topic : asked.topics()) {
                List<WritableTxnMarkerPartitionResult> partitions = new ArrayList<>();
                topics.add(new WritableTxnMarkerTopicResult().setName(topic.name()).setPartitions(partitions));
                for (int index : topic.partitionIndexes()) {
                    WritableTxnMarkerPartitionResult result = new WritableTxnMarkerPartitionResult().setPartitionIndex(index);
                    partitions.add(result);
                    pending.add(coordinator.writeMarker(new TopicPartition(topic.name(), index), marker).handle((written, failure) ->
                        result.setErrorCode(failure == null ? Errors.NONE.code() : KafkaErrors.of(failure).code())).toCompletableFuture());
                }
            }
            results.add(new WritableTxnMarkerResult().setProducerId(asked.producerId()).setTopics(topics));
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
            .thenApply(done -> new Reply.Message(new WriteTxnMarkersResponseData().setMarkers(results)));
    }
}
