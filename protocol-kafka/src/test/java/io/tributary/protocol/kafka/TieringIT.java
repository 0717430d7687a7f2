package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Topics of which a part is in an object store, with Kafka's own clients. */
@NullUnmarked // what the clients give in maps is there, or the test fails
@OwnBroker("an object store")
class TieringIT {
    private static final int RECORDS = 6_000;
    private static final int VALUE_BYTES = 2_000;
    private static final long START_MS = 1_700_000_000_000L;
    private static TestObjectStore objects;
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        objects = TestObjectStore.start();
        fixture = new KafkaFixture(KafkaFixture.CONFIG, settings -> settings.withTier(objects.settings()).withMemory(0, 1 << 27)
            .withIntervals(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofDays(7)));
    }

    @AfterAll
    static void stop() {
        fixture.close();
        objects.close();
    }

    private static void create(String topic, Map<String, String> configs) {
        get(fixture.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs))).all());
    }

    private static String value(int i) {
        StringBuilder text = new StringBuilder(VALUE_BYTES);
        Random random = new Random(i);
        while (text.length() < VALUE_BYTES) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return i + " " + text;
    }

    private static long localFiles() {
        try (Stream<Path> files = Files.walk(fixture.broker().directory().resolve("segments"))) {
            return files.filter(file -> file.toString().endsWith(".log") && file.toFile().length() > 1_000_000).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aConsumerReadsFromTheBeginningWhatIsInTheBucket() {
        String topic = "tiered";
        create(topic, Map.of("remote.storage.enable", "true", "local.retention.bytes", "0", "segment.bytes", "2000000",
            "retention.ms", "-1"));
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, null, START_MS + i, "k" + i % 10, value(i))));
        }
        sent.forEach(KafkaFixture::get);
        await().atMost(KafkaFixture.PATIENCE).until(() -> objects.keys().size() >= 5 && localFiles() <= 2);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= RECORDS;
            });
            for (int i = 0; i < RECORDS; i++) {
                assertThat(records.get(i).offset()).isEqualTo(i);
                assertThat(records.get(i).value()).isEqualTo(value(i));
            }
            OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, START_MS + 321)).get(partition);
            assertThat(found.offset()).isEqualTo(321);
        }
        get(fixture.admin().deleteTopics(List.of(topic)).all());
        await().atMost(KafkaFixture.PATIENCE).until(() -> objects.keys().isEmpty());
    }

    @Test
    void showsAndChangesTheConfigs() {
        String topic = "configured";
        create(topic, Map.of());
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        assertThat(configs(resource)).containsEntry("remote.storage.enable", "false").containsEntry("local.retention.ms", "-2")
            .containsEntry("local.retention.bytes", "-2");
        alter(resource, List.of(new ConfigEntry("remote.storage.enable", "true"), new ConfigEntry("local.retention.ms", "1000")));
        assertThat(configs(resource)).containsEntry("remote.storage.enable", "true").containsEntry("local.retention.ms", "1000");
        fixture.broker().restart();
        assertThat(configs(resource)).containsEntry("remote.storage.enable", "true").containsEntry("local.retention.ms", "1000");
        for (ConfigEntry refused : List.of(new ConfigEntry("cleanup.policy", "compact"), new ConfigEntry("local.retention.ms", "-3"),
                new ConfigEntry("remote.storage.enable", "maybe"), new ConfigEntry("tributary.retention", "until-consumed"))) {
            assertThatThrownBy(() -> alter(resource, List.of(refused))).as(refused.name())
                .isInstanceOf(InvalidConfigurationException.class);
        }
        assertThatThrownBy(() -> create("both", Map.of("remote.storage.enable", "true", "cleanup.policy", "compact")))
            .isInstanceOf(InvalidConfigurationException.class);
    }

    private static void alter(ConfigResource resource, List<ConfigEntry> entries) {
        Collection<AlterConfigOp> changes = entries.stream().map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET)).toList();
        get(fixture.admin().incrementalAlterConfigs(Map.of(resource, changes)).all());
    }

    private static Map<String, String> configs(ConfigResource resource) {
        Config config = get(fixture.admin().describeConfigs(List.of(resource)).all()).get(resource);
        Map<String, String> values = new HashMap<>();
        config.entries().forEach(entry -> values.put(entry.name(), entry.value()));
        return values;
    }
}
