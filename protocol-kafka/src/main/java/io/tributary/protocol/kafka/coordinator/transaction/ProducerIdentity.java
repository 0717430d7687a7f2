package io.tributary.protocol.kafka.coordinator.transaction;

import org.apache.kafka.common.record.internal.RecordBatch;

/** A producer: its identifier, and which of those who had it. */
public record ProducerIdentity(long id, short epoch) {
    public static final ProducerIdentity NONE = new ProducerIdentity(RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
}
