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
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compacted topics with Kafka's own clients. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class CompactionIT {
    private static final int KEYS = 20;
    /** Kafka has no smaller segments than 1 MiB, but for its own tests. */
    private static final String SEGMENT_BYTES = KafkaPeer.isTested() ? "internal.segment.bytes" : "segment.bytes";
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(KafkaFixture.CONFIG, settings ->
            settings.withIntervals(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofDays(7)));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static void create(String topic, Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(Map.of("cleanup.policy", "compact", SEGMENT_BYTES, "10000", "min.cleanable.dirty.ratio",
            "0.1"));
        all.putAll(configs);
        get(fixture.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(all))).all());
        KafkaFixture.sees(fixture.admin(), topic);
    }

    private static List<ConsumerRecord<String, String>> readAll(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return consumer.position(partition) >= end;
            });
        }
        return records;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "lz4", "snappy", "zstd"})
    void aConsumerReadsTheLastRecordOfEveryKey(String codec) {
        String topic = "compacted-" + codec;
        create(topic, Map.of());
        int count = 4000;
        KafkaProducer<String, String> producer = fixture.producer(Map.of("compression.type", codec, "batch.size", 500));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, "k" + i % KEYS, i + " " + Integer.toHexString(i * 0x9E3779B9))));
        }
        sent.forEach(KafkaFixture::get);

        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(readAll(topic)).hasSizeLessThan(count / 2));

        Map<String, String> view = new HashMap<>();
        for (ConsumerRecord<String, String> record : readAll(topic)) {
            assertThat(record.value()).startsWith(record.offset() + " ");
            view.put(record.key(), record.value());
        }
        assertThat(view).hasSize(KEYS);
        assertThat(view.values()).allMatch(value -> Integer.parseInt(value.substring(0, value.indexOf(' '))) >= count - KEYS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void aRecordWithoutAKeyIsRefused(String codec) {
        String topic = "keys-" + codec;
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("compression.type", codec));
        assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>(topic, "no key")))).isInstanceOf(InvalidRecordException.class);
        assertThat(get(producer.send(new ProducerRecord<>(topic, "k", "v"))).offset()).isZero();
    }

    @Test
    void theConfigsAreThoseOfKafka() {
        create("compaction-configs", Map.of("cleanup.policy", "delete,compact", "delete.retention.ms", "5", "min.compaction.lag.ms", "7"));
        Config config = configs("compaction-configs");
        assertThat(config.get("cleanup.policy").value().split(",")).containsExactlyInAnyOrder("compact", "delete");
        assertThat(config.get("delete.retention.ms").value()).isEqualTo("5");
        assertThat(config.get("min.compaction.lag.ms").value()).isEqualTo("7");
        assertThat(config.get("min.cleanable.dirty.ratio").value()).isEqualTo("0.1");
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("group.id", "makes-the-topic"))) {
            consumer.subscribe(List.of("compaction-configs"));
            await().atMost(KafkaFixture.PATIENCE).until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty()
                || !consumer.assignment().isEmpty());
        }
        assertThat(configs("__consumer_offsets").get("cleanup.policy").value()).isEqualTo("compact");
    }

    @Test
    @DiffersFromKafka("the policies are shown in the order in which they were set")
    void bothPoliciesAreShownInOneOrder() {
        create("both-policies", Map.of("cleanup.policy", "delete,compact"));
        assertThat(configs("both-policies").get("cleanup.policy").value()).isEqualTo("compact,delete");
    }

    private static Config configs(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return get(fixture.admin().describeConfigs(List.of(resource)).all()).get(resource);
    }
}
