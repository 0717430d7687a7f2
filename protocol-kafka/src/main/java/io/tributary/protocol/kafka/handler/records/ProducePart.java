package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * What a Produce request has for one partition, and the place of its answer.
 *
 * @param schedule takes the records that ask to wait, if the topic lets them
 */
record ProducePart(Topic topic, Partition partition, Schedule schedule, MemoryRecords records, PartitionProduceResponse response) {
    TopicPartition name() {
        return new TopicPartition(partition.id().topic().name(), partition.id().partition());
    }

    RecordBatch firstBatch() {
        return records.batches().iterator().next();
    }

    /** A batch that is too short to tell is left to the core, which refuses it. */
    boolean isTransactional() {
        RecordBatch batch = firstBatch();
        return batch.sizeInBytes() >= DefaultRecordBatch.RECORD_BATCH_OVERHEAD && batch.isTransactional();
    }

    /**
     * Appends, and has the outcome told, which must expect it.
     *
     * @param inTransaction whether the batches are part of a transaction that has this partition
     * @param untilDurable  whether the answer waits until the records are durable
     */
    void append(boolean inTransaction, boolean untilDurable, ProduceOutcome outcome) {
        Append append = append(inTransaction);
        CompletionStage<AppendResult> stage = untilDurable ? append.durable() : append.accepted();
        stage.whenComplete((result, failure) -> {
            if (failure == null) {
                response.setBaseOffset(result.baseOffset()).setLogAppendTimeMs(result.appendTime())
                    .setLogStartOffset(partition.logStartOffset());
            } else {
                outcome.failed(response, KafkaErrors.of(failure), KafkaErrors.message(failure));
                BrokerException.of(failure).badRecords().forEach(bad -> response.recordErrors().add(
                    new BatchIndexAndErrorMessage().setBatchIndex(bad.index()).setBatchIndexErrorMessage(bad.message())));
            }
            outcome.arrived();
        });
    }

    private Append append(boolean inTransaction) {
        if (topic.config().records().delayHeaders()) {
            return schedule.append(topic, partition.id().partition(), records.buffer(), inTransaction);
        }
        return inTransaction ? partition.appendInTransaction(records.buffer()) : partition.append(records.buffer());
    }
}
