package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka's transactional producer, as its newest release has it (transaction.version 2). */
class TransactionIT {
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static KafkaProducer<String, String> producer(String id) {
        return fixture.producer(Map.of("transactional.id", id, "transaction.timeout.ms", 30_000));
    }

    private static KafkaConsumer<String, String> reader(String... topics) {
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("isolation.level", "read_committed"));
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static List<String> values(KafkaConsumer<String, String> consumer, int count) {
        return KafkaFixture.poll(consumer, count).stream().map(ConsumerRecord::value).toList();
    }

    @Test
    void whatIsCommittedIsSeenInOrderAndWhatIsAbortedIsNot() {
        fixture.createTopic("simple", 1);
        KafkaProducer<String, String> producer = producer("simple");
        producer.initTransactions();
        for (int round = 0; round < 10; round++) {
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("simple", "k", round + "-" + i));
            }
            if (round % 2 == 0) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 10; round += 2) {
            for (int i = 0; i < 3; i++) {
                expected.add(round + "-" + i);
            }
        }
        assertThat(values(reader("simple"), expected.size())).isEqualTo(expected);
    }
}
