package io.tributary.core.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches as a Kafka client makes them, by Kafka's own code. */
public final class TestBatches {
    private TestBatches() {
    }

    /** A batch of records whose keys are {@code k} and whose values are the texts. */
    public static ByteBuffer of(CompressionType codec, long timestamp, String... values) {
        return idempotent(codec, timestamp, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH, RecordBatch.NO_SEQUENCE, values);
    }

    /** The same without compression, at a time that does not matter. */
    public static ByteBuffer of(String... values) {
        return of(CompressionType.NONE, 1000, values);
    }

    /** A batch of an idempotent producer. */
    public static ByteBuffer idempotent(CompressionType codec, long timestamp, long producer, short epoch, int sequence, String... values) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.of(codec).build(), TimestampType.CREATE_TIME, 0, timestamp, producer, epoch, sequence, false,
            RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (String value : values) {
            builder.append(new SimpleRecord(timestamp, "k".getBytes(UTF_8),
                value.getBytes(UTF_8)));
        }
        return builder.build().buffer();
    }

    /** A transactional batch of records with these keys and values. */
    public static ByteBuffer transactional(long producer, int epoch, int sequence, List<Map.Entry<String, String>> entries) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.NONE, TimestampType.CREATE_TIME, 0, 1000, producer, (short) epoch, sequence, true,
            RecordBatch.NO_PARTITION_LEADER_EPOCH);
        entries.forEach(entry -> builder.append(new SimpleRecord(1000, entry.getKey().getBytes(UTF_8), entry.getValue().getBytes(UTF_8))));
        return builder.build().buffer();
    }

    /** A batch of records with these keys and values, without a value where that is null. */
    public static ByteBuffer of(CompressionType codec, long timestamp, List<Map.Entry<String, Optional<String>>> entries) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.of(codec).build(), TimestampType.CREATE_TIME, 0);
        for (Map.Entry<String, Optional<String>> entry : entries) {
            builder.append(new SimpleRecord(timestamp, entry.getKey().getBytes(UTF_8),
                entry.getValue().map(value -> value.getBytes(UTF_8)).orElse(null)));
        }
        return builder.build().buffer();
    }

    /** A batch of records without keys. */
    public static ByteBuffer withoutKeys(CompressionType codec, String... values) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.MAGIC_VALUE_V2,
            Compression.of(codec).build(), TimestampType.CREATE_TIME, 0);
        for (String value : values) {
            builder.append(new SimpleRecord(1000, value.getBytes(UTF_8)));
        }
        return builder.build().buffer();
    }

    /** The batches one behind the other. */
    public static ByteBuffer join(ByteBuffer... batches) {
        int size = 0;
        for (ByteBuffer batch : batches) {
            size += batch.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        for (ByteBuffer batch : batches) {
            joined.put(batch.duplicate());
        }
        return joined.flip();
    }

    /** All records. */
    public static List<Record> decode(ByteBuffer batches) {
        List<Record> records = new ArrayList<>();
        BatchDecoder.decode(batches, 0, Integer.MAX_VALUE, null, records);
        return records;
    }
}
