package io.tributary.bench.micro;

import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/** Record batches as a Kafka producer makes them. */
public final class Batches {
    private Batches() {
    }

    /** One batch of {@code count} records of {@code size} random bytes each, without keys, uncompressed. */
    public static ByteBuffer of(int count, int size) {
        byte[] value = new byte[size];
        new Random(size).nextBytes(value);
        try (MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(count * (size + 64) + 128), Compression.NONE,
            TimestampType.CREATE_TIME, 0)) {
            for (int i = 0; i < count; i++) {
                builder.append(System.currentTimeMillis(), null, value);
            }
            return builder.build().buffer();
        }
    }

    /** On the heap. */
    public static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }
}
