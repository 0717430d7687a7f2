package io.tributary.protocol.kafka.coordinator.transaction;

import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.TransactionResult;

/**
 * What ends a producer's transaction in a partition (KIP-98, "Control messages").
 *
 * @param transactionVersion 2 when the epoch must be above that of the transaction's batches (KIP-890)
 */
public record Marker(ProducerIdentity producer, int coordinatorEpoch, TransactionResult result, short transactionVersion) {
    MemoryRecords toBatch(long nowMs) {
        ControlRecordType type = result == TransactionResult.COMMIT ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(nowMs, producer.id(), producer.epoch(),
            new EndTransactionMarker(type, coordinatorEpoch));
    }
}
