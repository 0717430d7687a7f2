package io.tributary.protocol.kafka.translate;

import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * Records of a share group's subscription as a batch. Not the stored batches: the consumers of a subscription get its records in turn, so
 * that each would be sent a batch whole, and read it, for a few records in it. What a subscription hands out is decoded already, is
 * committed, and has no control records; so the batch is made anew, of these records at their offsets, uncompressed and of no producer.
 */
public final class SharedRecords {
    /** Beyond what {@link Record#sizeInBytes} counts: lengths and deltas as varints. A guess for the first buffer, which grows. */
    private static final int RECORD_OVERHEAD = 32;

    private SharedRecords() {
    }

    /**
     * One batch, or as many as their offsets need, for these lie at most 2^31 apart in one.
     *
     * @param records of one partition, one or more, in the order of their offsets
     */
    public static MemoryRecords of(List<Record> records, int leaderEpoch) {
        int size = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
        for (Record record : records) {
            size += record.sizeInBytes() + RECORD_OVERHEAD;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size + RECORD_OVERHEAD);
        int first = 0;
        for (int next = 1; next <= records.size(); next++) {
            if (next == records.size() || records.get(next).offset() - records.get(first).offset() > Integer.MAX_VALUE) {
                buffer = append(buffer, records.subList(first, next), leaderEpoch);
                first = next;
            }
        }
        return MemoryRecords.readableRecords(buffer.flip());
    }

    /** Behind what is in the buffer; in another one when it is too small. */
    private static ByteBuffer append(ByteBuffer buffer, List<Record> records, int leaderEpoch) {
        try (MemoryRecordsBuilder builder = MemoryRecords.builder(buffer, RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE,
            TimestampType.CREATE_TIME, records.get(0).offset(), RecordBatch.NO_TIMESTAMP, leaderEpoch)) {
            for (Record record : records) {
                builder.appendWithOffset(record.offset(), record.timestamp(), record.key(), record.value(), headers(record.headers()));
            }
            builder.close();
            return builder.bufferStream().buffer();
        }
    }

    private static Header[] headers(Headers headers) {
        Header[] converted = new Header[headers.size()];
        int next = 0;
        for (io.tributary.core.model.Header header : headers) {
            converted[next++] = new RecordHeader(header.name(), header.value());
        }
        return converted;
    }
}
