package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that ends between the client's steps, in good order or not, and what its transactions are then. */
@OwnBroker("restarts and kills")
class TransactionRestartIT {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    /** How the broker ends. */
    enum End {
        IN_ORDER, KILLED;

        void of(KafkaFixture fixture) {
            if (this == IN_ORDER) {
                fixture.broker().restart();
            } else {
                fixture.broker().kill();
            }
        }
    }

    private static KafkaProducer<String, String> producer(KafkaFixture fixture, int timeoutMs) {
        KafkaProducer<String, String> producer = fixture.producer(Map.of("transactional.id", "restarted", "linger.ms", 0,
            "transaction.timeout.ms", timeoutMs, "reconnect.backoff.max.ms", 100));
        producer.initTransactions();
        return producer;
    }

    private static List<String> committed(KafkaFixture fixture, int count) {
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            return KafkaFixture.poll(consumer, count).stream().map(ConsumerRecord::value).toList();
        }
    }

    private static void send(KafkaProducer<String, String> producer, String value) {
        get(producer.send(new ProducerRecord<>("t", 0, "k", value)));
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aProducerDoesNotNoticeThatTheBrokerEndsBetweenItsSteps(End end) {
        try (KafkaFixture fixture = new KafkaFixture()) {
            fixture.createTopic("t", 1);
            KafkaProducer<String, String> producer = producer(fixture, 60_000);
            List<String> expected = new ArrayList<>();
            KafkaConsumer<String, String> group = fixture.consumer(Map.of("group.id", "g"));
            for (int round = 0; round < 3; round++) {
                end.of(fixture);
                producer.beginTransaction();
                send(producer, round + " first");
                end.of(fixture);
                send(producer, round + " second");
                producer.sendOffsetsToTransaction(Map.of(PARTITION, new OffsetAndMetadata(round)), group.groupMetadata());
                end.of(fixture);
                if (round == 1) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                    expected.addAll(List.of(round + " first", round + " second"));
                }
            }
            end.of(fixture);
            assertThat(committed(fixture, 4)).isEqualTo(expected);
            try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("group.id", "g"))) {
                assertThat(consumer.committed(Set.of(PARTITION))).containsEntry(PARTITION, new OffsetAndMetadata(2));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void anOpenTransactionKeepsItsTimeOverAnEndOfTheBroker(End end) {
        try (KafkaFixture fixture = new KafkaFixture()) {
            fixture.createTopic("t", 1);
            KafkaProducer<String, String> producer = producer(fixture, 3_000);
            producer.beginTransaction();
            send(producer, "too late");
            end.of(fixture);
            await().atMost(KafkaFixture.PATIENCE).until(() -> get(fixture.admin().describeTransactions(List.of("restarted"))
                .description("restarted")).state() == TransactionState.COMPLETE_ABORT);
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
            end.of(fixture);
            KafkaProducer<String, String> next = producer(fixture, 60_000);
            next.beginTransaction();
            send(next, "in time");
            next.commitTransaction();
            assertThat(committed(fixture, 1)).containsExactly("in time");
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aZombieStaysFencedOverAnEndOfTheBroker(End end) {
        try (KafkaFixture fixture = new KafkaFixture()) {
            fixture.createTopic("t", 1);
            KafkaProducer<String, String> zombie = producer(fixture, 60_000);
            zombie.beginTransaction();
            send(zombie, "of the zombie");
            end.of(fixture);
            KafkaProducer<String, String> heir = producer(fixture, 60_000);
            end.of(fixture);
            assertThatThrownBy(() -> send(zombie, "again")).isInstanceOf(KafkaException.class);
            heir.beginTransaction();
            send(heir, "of the heir");
            assertThatThrownBy(zombie::commitTransaction).isInstanceOf(KafkaException.class);
            end.of(fixture);
            heir.commitTransaction();
            assertThat(committed(fixture, 1)).containsExactly("of the heir");
        }
    }
}
