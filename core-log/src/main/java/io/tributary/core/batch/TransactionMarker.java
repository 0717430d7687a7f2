package io.tributary.core.batch;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/** The control batch that ends a producer's transaction in a partition (KIP-98, "Control messages"). */
public final class TransactionMarker {
    private TransactionMarker() {
    }

    /**
     * A marker as a batch of its own.
     *
     * @param timestampMs      milliseconds since the epoch
     * @param coordinatorEpoch tells a coordinator from those before it
     */
    public static ByteBuffer of(long timestampMs, long producerId, short producerEpoch, boolean commit, int coordinatorEpoch) {
        ControlRecordType type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(timestampMs, producerId, producerEpoch,
            new EndTransactionMarker(type, coordinatorEpoch)).buffer();
    }

    /** What a stored control batch says; fails with an IllegalArgumentException when it does not end a transaction. */
    public static EndTransactionMarker read(ByteBuffer batch) {
        try {
            for (Record record : MemoryRecords.readableRecords(batch.duplicate()).records()) {
                return EndTransactionMarker.deserialize(record);
            }
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException(malformed);
        }
        throw new IllegalArgumentException("an empty control batch");
    }

    static boolean isWellFormed(ByteBuffer batch) {
        if (BatchHeader.count(batch, 0) != 1 || (BatchHeader.attributes(batch, 0) & BatchHeader.COMPRESSION_MASK) != 0) {
            return false;
        }
        try {
            read(batch);
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
