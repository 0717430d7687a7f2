package io.tributary.bench.load;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Reads a number of records, and checks that every partition's offsets are dense and every value is whole. */
final class DenseReader {
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Consumer<byte[], byte[]> consumer;
    private final int size;
    private final Map<TopicPartition, long[]> next = new HashMap<>();

    /** Something done with each record when it has come. */
    interface Action {
        void take(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * Reads what the consumer is assigned, from offset 0 on.
     *
     * @param size of every value, in bytes
     */
    DenseReader(Consumer<byte[], byte[]> consumer, int size) {
        this.consumer = consumer;
        this.size = size;
    }

    /** Returns when so many have come; fails when nothing comes for 30 s. */
    void read(int records, Action action) {
        int seen = 0;
        long lastProgress = System.nanoTime();
        while (seen < records) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(KafkaServer.POLL);
            for (TopicPartition partition : polled.partitions()) {
                long[] expected = next.computeIfAbsent(partition, key -> new long[1]);
                for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
                    if (record.offset() != expected[0]++ || record.value().length != size) {
                        throw new IllegalStateException("expected offset " + (expected[0] - 1) + ", got " + record);
                    }
                    action.take(record);
                    seen++;
                }
            }
            if (!polled.isEmpty()) {
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > STALL_NANOS) {
                throw new IllegalStateException("only " + seen + " of " + records + " records came back");
            }
        }
    }
}
