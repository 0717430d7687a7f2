package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka's transactional producer, as its newest release has it (transaction.version 2). */
@SuppressWarnings("FutureReturnValueIgnored") // a commit or a flush tells of a send that failed
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
        return producer(id, 60_000);
    }

    private static KafkaProducer<String, String> producer(String id, int timeoutMs) {
        KafkaProducer<String, String> producer =
            fixture.producer(Map.of("transactional.id", id, "transaction.timeout.ms", timeoutMs, "linger.ms", 0));
        producer.initTransactions();
        return producer;
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

    private static void send(KafkaProducer<String, String> producer, String topic, String value) {
        get(producer.send(new ProducerRecord<>(topic, "k", value)));
    }

    private static long stableEnd(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        return get(fixture.admin().listOffsets(Map.of(partition, OffsetSpec.latest()), committed).partitionResult(partition)).offset();
    }

    @Test
    void whatIsCommittedIsSeenInOrderAndWhatIsAbortedIsNot() {
        fixture.createTopic("simple", 1);
        KafkaProducer<String, String> producer = fixture.producer(Map.of("transactional.id", "simple"));
        producer.initTransactions();
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                // Not waited for: an abort may come before anything was sent.
                producer.send(new ProducerRecord<>("simple", "k", round + "-" + i));
            }
            if (round % 3 == 0) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
                for (int i = 0; i < 3; i++) {
                    expected.add(round + "-" + i);
                }
            }
        }
        assertThat(values(reader("simple"), expected.size())).isEqualTo(expected);
    }

    @Test
    void aTransactionOverSeveralTopicsIsSeenWholeOrNotAtAll() {
        fixture.createTopic("many-a", 4);
        fixture.createTopic("many-b", 3);
        KafkaProducer<String, String> producer = producer("many");
        for (String outcome : List.of("aborted", "committed")) {
            producer.beginTransaction();
            for (int partition = 0; partition < 3; partition++) {
                producer.send(new ProducerRecord<>("many-a", partition, "k", outcome));
                producer.send(new ProducerRecord<>("many-b", partition, "k", outcome));
            }
            producer.flush();
            if (outcome.equals("committed")) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
        assertThat(values(reader("many-a", "many-b"), 6)).hasSize(6).containsOnly("committed");
    }

    @Test
    void nothingIsSeenBeforeTheCommitAndThenAllOfIt() {
        fixture.createTopic("waiting", 1);
        KafkaProducer<String, String> producer = producer("waiting");
        KafkaConsumer<String, String> reader = reader("waiting");
        producer.beginTransaction();
        send(producer, "waiting", "1");
        send(producer, "waiting", "2");
        assertThat(stableEnd("waiting")).isZero();
        assertThat(reader.poll(Duration.ofMillis(300))).isEmpty();
        producer.commitTransaction();
        assertThat(values(reader, 2)).containsExactly("1", "2");
    }

    @Test
    void offsetsCountWithTheTransactionThatTheyAreSentIn() {
        fixture.createTopic("in", 1);
        fixture.createTopic("out", 1);
        try (KafkaProducer<String, String> source = fixture.producer(Map.of())) {
            for (int i = 0; i < 6; i++) {
                source.send(new ProducerRecord<>("in", "k", Integer.toString(i)));
            }
        }
        TopicPartition in = new TopicPartition("in", 0);
        KafkaProducer<String, String> producer = producer("transform");
        for (boolean commit : new boolean[] {false, true}) {
            KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("group.id", "transform", "isolation.level", "read_committed"));
            consumer.subscribe(List.of("in"));
            List<ConsumerRecord<String, String>> taken = KafkaFixture.poll(consumer, 6);
            assertThat(taken).extracting(ConsumerRecord::value).containsExactly("0", "1", "2", "3", "4", "5");
            producer.beginTransaction();
            taken.forEach(record -> producer.send(new ProducerRecord<>("out", record.key(), "out of " + record.value())));
            producer.sendOffsetsToTransaction(Map.of(in, new OffsetAndMetadata(6)), consumer.groupMetadata());
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
            consumer.close();
            // A consumer of the group is answered when the transaction is decided, and its markers are written.
            try (KafkaConsumer<String, String> next = fixture.consumer(Map.of("group.id", "transform"))) {
                assertThat(next.committed(Set.of(in)).get(in)).isEqualTo(commit ? new OffsetAndMetadata(6) : null);
            }
        }
        assertThat(values(reader("out"), 6)).containsExactly("out of 0", "out of 1", "out of 2", "out of 3", "out of 4", "out of 5");
    }

    @Test
    void aZombieOfTheGroupCannotCommitOffsets() {
        fixture.createTopic("zombie-in", 1);
        TopicPartition in = new TopicPartition("zombie-in", 0);
        KafkaConsumer<String, String> zombie = fixture.consumer(Map.of("group.id", "zombies", "max.poll.interval.ms", 60_000));
        zombie.subscribe(List.of("zombie-in"));
        await().until(() -> {
            zombie.poll(Duration.ofMillis(50));
            return zombie.groupMetadata().generationId() > 0;
        });
        var old = zombie.groupMetadata();
        zombie.unsubscribe();
        KafkaProducer<String, String> producer = producer("zombies");
        producer.beginTransaction();
        assertThatThrownBy(() -> producer.sendOffsetsToTransaction(Map.of(in, new OffsetAndMetadata(1)), old))
            .isInstanceOf(KafkaException.class);
        producer.abortTransaction();
        assertThat(get(fixture.admin().listConsumerGroupOffsets("zombies").partitionsToOffsetAndMetadata())).isEmpty();
    }

    @Test
    void aSecondProducerOfTheIdAbortsWhatTheFirstHasBegunAndFencesIt() {
        fixture.createTopic("fenced", 1);
        KafkaProducer<String, String> first = producer("fenced");
        first.beginTransaction();
        send(first, "fenced", "of the first");
        KafkaProducer<String, String> second = producer("fenced");
        assertThatThrownBy(() -> send(first, "fenced", "again")).isInstanceOfAny(ProducerFencedException.class,
            InvalidProducerEpochException.class);
        assertThatThrownBy(first::commitTransaction).isInstanceOf(KafkaException.class);
        second.beginTransaction();
        send(second, "fenced", "of the second");
        second.commitTransaction();
        assertThat(values(reader("fenced"), 1)).containsExactly("of the second");
        assertThatThrownBy(() -> {
            KafkaProducer<String, String> third = producer("fenced");
            second.beginTransaction();
            send(second, "fenced", "of the second again");
            third.close();
        }).isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
    }

    @Test
    void aTransactionWhoseTimeIsOverIsAbortedAndItsProducerCanBeginAnother() {
        fixture.createTopic("late", 1);
        KafkaProducer<String, String> late = producer("late", 1_000);
        late.beginTransaction();
        send(late, "late", "too late");
        assertThat(stableEnd("late")).isZero();
        await().atMost(KafkaFixture.PATIENCE).until(() -> stableEnd("late") == 2);
        assertThatThrownBy(late::commitTransaction).isInstanceOf(KafkaException.class);
        KafkaProducer<String, String> next = producer("late");
        next.beginTransaction();
        send(next, "late", "in time");
        next.commitTransaction();
        assertThat(values(reader("late"), 1)).containsExactly("in time");
    }

    @Test
    void aTimeOverTheLongestIsRefused() {
        assertThatThrownBy(() -> producer("patient", (int) Duration.ofMinutes(16).toMillis()))
            .isInstanceOf(KafkaException.class).hasMessageContaining(Errors.INVALID_TRANSACTION_TIMEOUT.message());
    }

    @Test
    void aProducerGoesOnAfterAnAbortAfterAnError() {
        fixture.createTopic("errors", 1);
        KafkaProducer<String, String> producer = producer("errors");
        producer.beginTransaction();
        send(producer, "errors", "fits");
        assertThatThrownBy(() -> send(producer, "errors", "x".repeat(2 << 20))).isInstanceOf(KafkaException.class);
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        producer.abortTransaction();
        producer.beginTransaction();
        send(producer, "errors", "after");
        producer.commitTransaction();
        assertThat(values(reader("errors"), 1)).containsExactly("after");
    }

    @Test
    void aTransactionEndsThoughATopicOfItWasDeletedMeanwhile() {
        fixture.createTopic("stays", 1);
        fixture.createTopic("goes", 1);
        KafkaProducer<String, String> producer = producer("deleting");
        producer.beginTransaction();
        send(producer, "stays", "1");
        send(producer, "goes", "1");
        get(fixture.admin().deleteTopics(List.of("goes")).all());
        producer.commitTransaction();
        producer.beginTransaction();
        send(producer, "stays", "2");
        producer.commitTransaction();
        assertThat(values(reader("stays"), 2)).containsExactly("1", "2");
    }

    @Test
    void manyProducersAtOnceDoNotDisturbEachOther() throws InterruptedException {
        fixture.createTopic("shared", 3);
        int producers = 8;
        int transactions = 20;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int p = 0; p < producers; p++) {
            KafkaProducer<String, String> producer = producer("shared-" + p);
            String name = "p" + p;
            Thread thread = new Thread(() -> {
                for (int t = 0; t < transactions; t++) {
                    producer.beginTransaction();
                    for (int partition = 0; partition < 3; partition++) {
                        producer.send(new ProducerRecord<>("shared", partition, "k", name + "-" + t + (t % 4 == 0 ? "-aborted" : "")));
                    }
                    if (t % 4 == 0) {
                        producer.flush();
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                    }
                }
            });
            thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        int expected = producers * transactions / 4 * 3 * 3;
        List<String> seen = values(reader("shared"), expected);
        assertThat(seen).hasSize(expected).noneMatch(value -> value.endsWith("aborted"));
        assertThat(seen.stream().distinct()).hasSize(expected / 3);
    }
}
