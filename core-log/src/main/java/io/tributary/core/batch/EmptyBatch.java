package io.tributary.core.batch;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/** A batch without records, which holds the place of an offset. */
public final class EmptyBatch {
    private EmptyBatch() {
    }

    /** The batch of one offset, with the right checksum. */
    public static ByteBuffer at(long offset) {
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.SIZE);
        DefaultRecordBatch.writeEmptyHeader(batch, BatchHeader.MAGIC, BatchHeader.NO_PRODUCER, (short) -1, -1, offset, offset, 0,
            TimestampType.CREATE_TIME, -1, false, false);
        return batch.clear();
    }
}
