package io.tributary.gateway.acceptance;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes every record of one topic to another, exactly once, through the server's deaths; every fifth transaction is aborted and made
 * again. Runs on a thread of its own; the counters may be read from any.
 */
final class TransactionalLoad implements Runnable {
    private static final int ABORT_EACH = 5;
    /** Small, so that there are many transactions. */
    private static final int MAX_RECORDS = 5;

    private final Endpoints at;
    private final TopicPartition from;
    private final String to;
    private final int count;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger startedAnew = new AtomicInteger();
    private final Thread thread = new Thread(this, "load-kafka-transactional");

    TransactionalLoad(Endpoints at, String from, String to, int count) {
        this.at = at;
        this.from = new TopicPartition(from, 0);
        this.to = to;
        this.count = count;
    }

    void start() {
        thread.start();
    }

    /** Records of committed transactions. */
    int done() {
        return done.get();
    }

    /** How often the producer could not go on, and another one was needed. */
    int startedAnew() {
        return startedAnew.get();
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    @Override
    public void run() {
        while (done.get() < count) {
            try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "load",
                     ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200));
                 KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "load")) {
                producer.initTransactions();
                consumer.assign(List.of(from));
                while (done.get() < count) {
                    transform(producer, consumer);
                }
            } catch (KafkaException e) {
                startedAnew.incrementAndGet();
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The commit tells of a send that failed.
    private void transform(KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer) {
        long begin = consumer.position(from);
        if (begin >= count) {
            done.set((int) begin);
            return;
        }
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofSeconds(1));
        List<ConsumerRecord<byte[], byte[]>> taken = polled.records(from);
        if (taken.isEmpty()) {
            return;
        }
        taken = taken.subList(0, Math.min(MAX_RECORDS, taken.size()));
        long next = taken.get(taken.size() - 1).offset() + 1;
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> record : taken) {
            producer.send(new ProducerRecord<>(to, (int) (record.offset() % 2), null, record.value()));
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(from, new OffsetAndMetadata(next));
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        if (transactions.incrementAndGet() % ABORT_EACH == 0) {
            producer.abortTransaction();
            consumer.seek(from, begin);
        } else {
            producer.commitTransaction();
            consumer.seek(from, next);
            done.set((int) next);
        }
    }
}
