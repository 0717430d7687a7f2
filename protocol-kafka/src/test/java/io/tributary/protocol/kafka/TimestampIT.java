package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose time records have, and which they may have, with Kafka's own clients. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class TimestampIT {
    private static final String TYPE = "message.timestamp.type";
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static TopicPartition create(String topic, Map<String, String> configs) {
        get(fixture.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs))).all());
        KafkaFixture.sees(fixture.admin(), topic);
        return new TopicPartition(topic, 0);
    }

    private static List<ConsumerRecord<String, String>> read(TopicPartition partition, int count) {
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            return poll(consumer, count);
        }
    }

    private static ProducerRecord<String, String> record(TopicPartition partition, long timestamp) {
        return new ProducerRecord<>(partition.topic(), 0, timestamp, "k", "v" + timestamp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void logAppendTimeIsTheBrokers(String codec) {
        TopicPartition partition = create("append-" + codec, Map.of(TYPE, "LogAppendTime"));
        long before = System.currentTimeMillis();
        KafkaProducer<String, String> producer = fixture.producer(Map.of("compression.type", codec, "linger.ms", 20));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (long timestamp : new long[] {5, before + 100 * HOUR, 7}) {
            sent.add(producer.send(record(partition, timestamp)));
        }
        producer.flush();
        List<Long> told = sent.stream().map(each -> get(each).timestamp()).toList();
        long after = System.currentTimeMillis();
        assertThat(told).allMatch(timestamp -> timestamp >= before && timestamp <= after);
        List<ConsumerRecord<String, String>> read = read(partition, 3);
        assertThat(read).allMatch(each -> each.timestampType() == TimestampType.LOG_APPEND_TIME);
        assertThat(read).extracting(ConsumerRecord::timestamp).isEqualTo(told);
    }

    @Test
    void offsetsAreFoundByTheTimeOfTheAppend() {
        TopicPartition partition = create("append-found", Map.of(TYPE, "LogAppendTime"));
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        long first = get(producer.send(record(partition, 99))).timestamp();
        long second = first;
        int count = 1;
        for (; second == first; count++) {
            second = get(producer.send(record(partition, 5))).timestamp();
        }
        Admin admin = fixture.admin();
        assertThat(offset(admin, partition, OffsetSpec.forTimestamp(100))).isZero();
        assertThat(offset(admin, partition, OffsetSpec.forTimestamp(second))).isEqualTo(count - 1);
        assertThat(offset(admin, partition, OffsetSpec.forTimestamp(second + HOUR))).isEqualTo(-1);
        assertThat(offset(admin, partition, OffsetSpec.maxTimestamp())).isEqualTo(count - 1);
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec) {
        return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition)).offset();
    }

    @Test
    void createTimeIsTheProducersAndTheTypeMayChange() {
        TopicPartition partition = create("changing", Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        assertThat(get(producer.send(record(partition, 5))).timestamp()).isEqualTo(5);
        set(partition, TYPE, "LogAppendTime");
        assertThat(get(producer.send(record(partition, 6))).timestamp()).isGreaterThan(6);
        set(partition, TYPE, "CreateTime");
        assertThat(get(producer.send(record(partition, 7))).timestamp()).isEqualTo(7);
        assertThat(read(partition, 3)).extracting(ConsumerRecord::timestampType)
            .containsExactly(TimestampType.CREATE_TIME, TimestampType.LOG_APPEND_TIME, TimestampType.CREATE_TIME);
    }

    @Test
    void logAppendTimeHoldsInTransactions() {
        TopicPartition partition = create("append-transactional", Map.of(TYPE, "LogAppendTime"));
        KafkaProducer<String, String> producer = fixture.producer(Map.of("transactional.id", "append-time"));
        producer.initTransactions();
        for (int i = 0; i < 2; i++) {
            producer.beginTransaction();
            Future<RecordMetadata> sent = producer.send(record(partition, 5));
            producer.commitTransaction();
            assertThat(get(sent).timestamp()).isGreaterThan(5);
        }
        assertThat(read(partition, 2)).allMatch(each -> each.timestampType() == TimestampType.LOG_APPEND_TIME);
    }

    @Test
    void aTimestampOutOfItsBoundsIsRefused() {
        TopicPartition partition = create("bounded", Map.of("message.timestamp.before.max.ms", Long.toString(HOUR)));
        long now = System.currentTimeMillis();
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        for (long wrong : new long[] {0, now - 2 * HOUR, now + 2 * HOUR}) {
            assertThatThrownBy(() -> get(producer.send(record(partition, wrong)))).isInstanceOf(InvalidTimestampException.class);
        }
        get(producer.send(record(partition, now - HOUR / 2)));
        get(producer.send(record(partition, now + HOUR / 2)));
        set(partition, "message.timestamp.after.max.ms", Long.toString(3 * HOUR));
        get(producer.send(record(partition, now + 2 * HOUR)));
        set(partition, TYPE, "LogAppendTime");
        get(producer.send(record(partition, 0)));
        assertThat(read(partition, 4)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd"})
    void oneTimestampOutOfItsBoundsFailsItsBatch(String codec) {
        TopicPartition partition = create("bounded-" + codec, Map.of());
        long now = System.currentTimeMillis();
        KafkaProducer<String, String> producer = fixture.producer(Map.of("linger.ms", 300, "compression.type", codec));
        List<Future<RecordMetadata>> sent =
            LongStream.of(now, now + 2 * HOUR, now + 1).mapToObj(timestamp -> producer.send(record(partition, timestamp))).toList();
        producer.flush();
        assertThatThrownBy(() -> get(sent.get(1))).isInstanceOf(KafkaException.class).hasMessageContaining("" + (now + 2 * HOUR));
        assertThatThrownBy(() -> get(sent.get(0))).isExactlyInstanceOf(KafkaException.class);
        assertThatThrownBy(() -> get(sent.get(2))).isExactlyInstanceOf(KafkaException.class);
        assertThat(offset(fixture.admin(), partition, OffsetSpec.latest())).isZero();
    }

    @Test
    void theConfigsHaveKafkasDefaultsAndBounds() {
        TopicPartition partition = create("described", Map.of());
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, partition.topic());
        Config config = get(fixture.admin().describeConfigs(List.of(resource)).all()).get(resource);
        assertThat(config.get(TYPE).value()).isEqualTo("CreateTime");
        assertThat(config.get("message.timestamp.before.max.ms").value()).isEqualTo(Long.toString(Long.MAX_VALUE));
        assertThat(config.get("message.timestamp.after.max.ms").value()).isEqualTo("3600000");
        assertThatThrownBy(() -> set(partition, TYPE, "Sometimes")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set(partition, "message.timestamp.after.max.ms", "-1")).isInstanceOf(InvalidConfigurationException.class);
    }

    private static void set(TopicPartition partition, String name, String value) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, partition.topic());
        Admin admin = fixture.admin();
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET)))).all());
        KafkaFixture.seen(() -> assertThat(get(admin.describeConfigs(List.of(resource)).all()).get(resource).get(name).value())
            .isEqualTo(value));
    }
}
