package io.tributary.protocol.kafka.coordinator.transaction;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/** Tells of the transactions there are. Belongs to the thread. */
final class TransactionQueries {
    private final TransactionStates states;
    private final InstantSource clock;

    TransactionQueries(TransactionStates states, InstantSource clock) {
        this.states = states;
        this.clock = clock;
    }

    List<ListTransactionsResponseData.TransactionState> list(TransactionFilter filter) {
        long now = clock.millis();
        List<ListTransactionsResponseData.TransactionState> listed = new ArrayList<>();
        for (TransactionEntry entry : states.all()) {
            TransactionMetadata metadata = entry.metadata();
            if (filter.takes(metadata, now)) {
                listed.add(new ListTransactionsResponseData.TransactionState().setTransactionalId(entry.id())
                    .setProducerId(metadata.producerId()).setTransactionState(metadata.state().stateName()));
            }
        }
        return listed;
    }

    DescribeTransactionsResponseData.TransactionState describe(String transactionalId) {
        DescribeTransactionsResponseData.TransactionState described =
            new DescribeTransactionsResponseData.TransactionState().setTransactionalId(transactionalId);
        if (transactionalId.isEmpty()) {
            return described.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        TransactionEntry entry = states.find(transactionalId);
        if (entry == null) {
            return described.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        }
        TransactionMetadata metadata = entry.metadata();
        for (TopicPartition partition : metadata.topicPartitions()) {
            TopicData topic = described.topics().find(partition.topic());
            if (topic == null) {
                topic = new TopicData().setTopic(partition.topic());
                described.topics().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return described.setProducerId(metadata.producerId()).setProducerEpoch(metadata.producerEpoch())
            .setTransactionState(metadata.state().stateName()).setTransactionTimeoutMs(metadata.txnTimeoutMs())
            .setTransactionStartTimeMs(metadata.txnStartTimestamp());
    }
}
