package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.poll;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jspecify.annotations.NullUnmarked;

/** Kafka's own producer and consumer, without groups. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class ProduceConsumeIT {
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({"all,none", "all,gzip", "all,snappy", "all,lz4", "all,zstd", "1,none", "1,zstd", "0,none", "0,gzip"})
    void everyRecordArrivesInOrderAsItWasSent(String acks, String compression) {
        String topic = "sent-" + acks + "-" + compression;
        fixture.createTopic(topic, 1);
        KafkaProducer<String, String> producer = fixture.producer(
            Map.of("acks", acks, "compression.type", compression, "enable.idempotence", acks.equals("all"), "linger.ms", 5));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ProducerRecord<String, String> record = new ProducerRecord<>(topic, null, 1_000L + i, i % 5 == 0 ? null : "key" + i,
                i % 7 == 0 ? null : "value" + i);
            record.headers().add(new RecordHeader("a", ("h" + i).getBytes(UTF_8))).add(new RecordHeader("a", null));
            sent.add(producer.send(record));
        }
        sent.forEach(KafkaFixture::get);
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of());
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        List<ConsumerRecord<String, String>> records = poll(consumer, 500);
        assertThat(records).hasSize(500);
        for (int i = 0; i < 500; i++) {
            ConsumerRecord<String, String> record = records.get(i);
            assertThat(record.offset()).isEqualTo(i);
            assertThat(record.timestamp()).isEqualTo(1_000L + i);
            assertThat(record.key()).isEqualTo(i % 5 == 0 ? null : "key" + i);
            assertThat(record.value()).isEqualTo(i % 7 == 0 ? null : "value" + i);
            assertThat(record.headers().toArray()).containsExactly(new RecordHeader("a", ("h" + i).getBytes(UTF_8)),
                new RecordHeader("a", null));
        }
    }

    @Test
    void offsetsAreToldToTheProducerAndSpreadOverPartitions() {
        fixture.createTopic("spread", 4);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            sent.add(producer.send(new ProducerRecord<>("spread", i % 4, "k", "v" + i)));
        }
        for (int i = 0; i < 400; i++) {
            assertThat(get(sent.get(i)).partition()).isEqualTo(i % 4);
            assertThat(get(sent.get(i)).offset()).isEqualTo(i / 4);
        }
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("max.partition.fetch.bytes", 1024, "fetch.max.bytes", 3000));
        consumer.assign(IntStream.range(0, 4).mapToObj(i -> new TopicPartition("spread", i)).toList());
        assertThat(poll(consumer, 400)).hasSize(400);
    }

    @Test
    void aConsumerSeeksByOffsetTimeBeginningAndEnd() {
        fixture.createTopic("sought", 1);
        TopicPartition partition = new TopicPartition("sought", 0);
        KafkaProducer<String, String> producer = fixture.producer(Map.of("linger.ms", 0));
        for (int i = 0; i < 100; i++) {
            get(producer.send(new ProducerRecord<>("sought", 0, 10_000L + 10L * i, "k", "v" + i)));
        }
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("max.poll.records", 1));
        consumer.assign(List.of(partition));
        assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
        assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
        OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, 10_501L)).get(partition);
        assertThat(found.offset()).isEqualTo(51);
        assertThat(found.timestamp()).isEqualTo(10_510);
        assertThat(consumer.offsetsForTimes(Map.of(partition, 99_999L)).get(partition)).isNull();
        consumer.seek(partition, 42);
        assertThat(poll(consumer, 1).get(0).value()).isEqualTo("v42");
        consumer.seekToEnd(List.of(partition));
        assertThat(consumer.position(partition)).isEqualTo(100);
        consumer.seekToBeginning(List.of(partition));
        assertThat(poll(consumer, 1).get(0).value()).isEqualTo("v0");
        Admin admin = fixture.admin();
        assertThat(get(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).all()).get(partition).offset()).isEqualTo(99);
        assertThat(get(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).all()).get(partition).timestamp())
            .isEqualTo(10_990);
    }

    @Test
    void anOffsetOutOfRangeIsToldAndReset() {
        fixture.createTopic("ranged", 1);
        TopicPartition partition = new TopicPartition("ranged", 0);
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("ranged", "k", "v")));
        KafkaConsumer<String, String> strict = fixture.consumer(Map.of("auto.offset.reset", "none"));
        strict.assign(List.of(partition));
        strict.seek(partition, 77);
        assertThatThrownBy(() -> poll(strict, 1)).isInstanceOf(OffsetOutOfRangeException.class);
        KafkaConsumer<String, String> forgiving = fixture.consumer(Map.of());
        forgiving.assign(List.of(partition));
        forgiving.seek(partition, 77);
        assertThat(poll(forgiving, 1)).hasSize(1);
    }

    @Test
    void aWaitingConsumerIsWokenByTheRecord() throws InterruptedException {
        fixture.createTopic("tail", 1);
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("fetch.max.wait.ms", 30_000));
        consumer.assign(List.of(new TopicPartition("tail", 0)));
        consumer.poll(Duration.ofMillis(500));
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("tail", "k", "late")));
        assertThat(consumer.poll(Duration.ofSeconds(20)).iterator().next().value()).isEqualTo("late");
        // The next fetch waits already, and the end of the session would wait behind it.
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("tail", "k", "last")));
    }

    @Test
    void fetchWaitsForTheMinimumOfBytesAndNoLongerThanAsked() {
        fixture.createTopic("minimum", 1);
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("fetch.min.bytes", 1 << 20, "fetch.max.wait.ms", 700));
        consumer.assign(List.of(new TopicPartition("minimum", 0)));
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("minimum", "k", "small")));
        assertThat(poll(consumer, 1)).hasSize(1);
    }

    @Test
    void readCommittedReadsWhatIsStored() {
        fixture.createTopic("committed", 1);
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("committed", "k", "v")));
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("isolation.level", "read_committed"));
        consumer.assign(List.of(new TopicPartition("committed", 0)));
        assertThat(poll(consumer, 1)).hasSize(1);
    }

    @Test
    void aTopicIsMadeByUseUnlessItsNameIsIllegal() {
        get(fixture.producer(Map.of()).send(new ProducerRecord<>("made.by-use", "k", "v")));
        assertThat(get(fixture.admin().listTopics().names())).contains("made.by-use");
        KafkaProducer<String, String> producer = fixture.producer(Map.of("max.block.ms", 1500));
        assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>("no such name", "k", "v"))))
            .isInstanceOf(InvalidTopicException.class);
        // Or it asks for the topics again and again while the other tests run.
        producer.close();
    }

    @Test
    @DiffersFromKafka("a name that begins with __ is as good as any other")
    void aTopicIsNotMadeByUseIfItsNameIsTheBrokers() {
        try (KafkaProducer<String, String> producer = fixture.producer(Map.of("max.block.ms", 1500))) {
            assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>("__secret", "k", "v"))))
                .isInstanceOfAny(TimeoutException.class, InvalidTopicException.class);
        }
    }

    @Test
    void aBatchOverTheTopicsLimitIsRefusedAndTheNextOneTaken() {
        fixture.createTopic("limited", 1);
        KafkaProducer<String, String> producer = fixture.producer(Map.of("max.request.size", 8 << 20));
        assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>("limited", "k", "x".repeat(3 << 20)))))
            .isInstanceOf(RecordTooLargeException.class);
        assertThat(get(producer.send(new ProducerRecord<>("limited", "k", "small"))).offset()).isZero();
    }

    @Test
    @OwnBroker("a kill")
    void acknowledgedRecordsAndProducerStateSurviveAKill() {
        try (KafkaFixture own = new KafkaFixture()) {
            own.createTopic("kept", 1);
            KafkaProducer<String, String> producer = own.producer(Map.of("delivery.timeout.ms", 60_000));
            for (int i = 0; i < 50; i++) {
                get(producer.send(new ProducerRecord<>("kept", "k", "before" + i)));
            }
            own.broker().kill();
            for (int i = 0; i < 50; i++) {
                get(producer.send(new ProducerRecord<>("kept", "k", "after" + i)));
            }
            KafkaConsumer<String, String> consumer = own.consumer(Map.of());
            consumer.assign(List.of(new TopicPartition("kept", 0)));
            List<String> values = poll(consumer, 100).stream().map(ConsumerRecord::value).toList();
            assertThat(values).hasSize(100).startsWith("before0", "before1").endsWith("after48", "after49");
        }
    }
}
