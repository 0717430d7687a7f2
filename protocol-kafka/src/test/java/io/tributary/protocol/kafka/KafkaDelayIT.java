package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.ScheduledRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delay, time to live and dead letters, asked for by record headers with Kafka's own clients. */
@NullUnmarked // what the clients give in maps is there, or the test fails
@OwnBroker("no Kafka has them")
class KafkaDelayIT {
    private static final String SWITCH = "tributary.delay.headers";
    private static final Duration HOUR = Duration.ofHours(1);
    /** How far the broker's clock is ahead of the clients'. */
    private static final AtomicLong AHEAD_MS = new AtomicLong();
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        InstantSource clock = () -> Instant.ofEpochMilli(System.currentTimeMillis() + AHEAD_MS.get());
        fixture = new KafkaFixture(ShareGroupIT.CONFIG, settings -> settings.withClock(clock));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static void create(String topic, Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(configs);
        all.put(SWITCH, "true");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", fixture.bootstrap()))) {
            get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(all))).all());
        }
    }

    private static ProducerRecord<String, String> record(String topic, String value, String... headers) {
        List<Header> all = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(new RecordHeader(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        long now = System.currentTimeMillis() + AHEAD_MS.get();
        return new ProducerRecord<>(topic, 0, now, "k-" + value, value, all);
    }

    private static KafkaConsumer<String, String> consumer(String topic, Map<String, Object> settings) {
        KafkaConsumer<String, String> consumer = fixture.consumer(settings);
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        consumer.seekToBeginning(List.of());
        return consumer;
    }

    private static List<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    private static void anHourLater() {
        AHEAD_MS.addAndGet(HOUR.toMillis());
    }

    private static List<ScheduledRecord> waiting(String topic) {
        return get(fixture.broker().broker().schedule().list(0, null, 1000).toCompletableFuture()).stream()
            .filter(record -> record.topic().name().equals(topic)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void delayedRecordsComeLaterAndTheOthersKeepTheirOffsets(String codec) {
        String topic = "delayed-" + codec;
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("compression.type", codec, "linger.ms", 100));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(producer.send(i % 2 == 0 ? record(topic, "v" + i) : record(topic, "v" + i, "delay", "1h")));
        }
        producer.flush();
        for (int i = 0; i < 10; i++) {
            assertThat(get(sent.get(i)).offset()).isEqualTo(i);
        }
        KafkaConsumer<String, String> consumer = consumer(topic, Map.of("isolation.level", "read_committed"));
        List<ConsumerRecord<String, String>> read = poll(consumer, 5);
        assertThat(values(read)).containsExactly("v0", "v2", "v4", "v6", "v8");
        assertThat(read).extracting(ConsumerRecord::offset).containsExactly(0L, 2L, 4L, 6L, 8L);
        consumer.seek(new TopicPartition(topic, 0), 3);
        assertThat(poll(consumer, 3)).extracting(ConsumerRecord::offset).containsExactly(4L, 6L, 8L);
        anHourLater();
        List<ConsumerRecord<String, String>> later = poll(consumer, 5);
        assertThat(values(later)).containsExactlyInAnyOrder("v1", "v3", "v5", "v7", "v9");
        assertThat(later).extracting(ConsumerRecord::offset).containsExactly(10L, 11L, 12L, 13L, 14L);
        assertThat(later.get(0).key()).isEqualTo("k-" + later.get(0).value());
        assertThat(new String(later.get(0).headers().lastHeader("delay").value(), StandardCharsets.UTF_8)).isEqualTo("1h");
    }

    @Test
    void aConsumerPassesABatchOfWhichAllWaits() {
        String topic = "all-delayed";
        create(topic, Map.of());
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        String at = Long.toString(System.currentTimeMillis() + AHEAD_MS.get() + HOUR.toMillis());
        for (int i = 0; i < 3; i++) {
            get(producer.send(record(topic, "v" + i, "deliver-at", at)));
        }
        KafkaConsumer<String, String> consumer = consumer(topic, Map.of());
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
            return consumer.position(partition) == 3;
        });
        get(producer.send(record(topic, "at once")));
        assertThat(poll(consumer, 1)).extracting(ConsumerRecord::offset).containsExactly(3L);
        anHourLater();
        assertThat(values(poll(consumer, 3))).containsExactly("v0", "v1", "v2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void producersWithoutIdempotenceDelayToo(String acks) {
        String topic = "plain-" + acks;
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("enable.idempotence", "false", "acks", acks));
        get(producer.send(record(topic, "later", "delay", "PT1H")));
        get(producer.send(record(topic, "now", "delay", "0")));
        get(producer.send(record(topic, "past", "deliver-at", "1")));
        KafkaConsumer<String, String> consumer = consumer(topic, Map.of());
        assertThat(values(poll(consumer, 2))).containsExactly("now", "past");
        await().until(() -> waiting(topic).size() == 1);
        anHourLater();
        assertThat(values(poll(consumer, 1))).containsExactly("later");
    }

    @Test
    void withoutTheSwitchTheHeadersMeanNothing() {
        String topic = "ordinary";
        fixture.createTopic(topic, 1);
        get(fixture.producer(Map.of()).send(record(topic, "v", "delay", "nonsense", "deliver-at", "99999999999999")));
        assertThat(values(poll(consumer(topic, Map.of()), 1))).containsExactly("v");
    }

    @Test
    void recordsOfATransactionWaitIfItCommits() {
        String topic = "transactional";
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("transactional.id", "delaying"));
        producer.initTransactions();
        producer.beginTransaction();
        get(producer.send(record(topic, "aborted", "delay", "1h")));
        producer.abortTransaction();
        producer.beginTransaction();
        get(producer.send(record(topic, "later", "delay", "1h")));
        get(producer.send(record(topic, "past", "deliver-at", "5")));
        get(producer.send(record(topic, "now")));
        KafkaConsumer<String, String> consumer = consumer(topic, Map.of("isolation.level", "read_committed"));
        assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
        assertThat(waiting(topic)).isEmpty();
        producer.commitTransaction();
        assertThat(values(poll(consumer, 2))).containsExactly("now", "past");
        await().until(() -> waiting(topic).size() == 1);
        fixture.broker().kill();
        anHourLater();
        assertThat(values(poll(consumer, 1))).containsExactly("later");
        await().until(() -> waiting(topic).isEmpty());
    }

    @Test
    void aHeaderThatSaysNothingSensibleIsRefusedWithItsRecord() {
        String topic = "refused";
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("linger.ms", 200));
        Future<RecordMetadata> good = producer.send(record(topic, "good"));
        Future<RecordMetadata> bad = producer.send(record(topic, "bad", "deliver-at", "tomorrow"));
        producer.flush();
        assertThatThrownBy(() -> get(bad)).isInstanceOf(InvalidRecordException.class).hasMessageContaining("deliver-at");
        assertThatThrownBy(() -> get(good)).isExactlyInstanceOf(KafkaException.class);
        assertThatThrownBy(() -> get(producer.send(record(topic, "far", "delay", "4000d")))).isInstanceOf(InvalidRecordException.class)
            .hasMessageContaining("ten years");
        get(producer.send(record(topic, "end")));
        assertThat(values(poll(consumer(topic, Map.of()), 1))).containsExactly("end");
    }

    private static PartitionProduceResponse produce(String topic, MemoryRecords records) {
        TopicProduceData data = new TopicProduceData().setName(topic)
            .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(records)));
        ProduceResponse response = (ProduceResponse) new WireClient(fixture.port()).exchange(ApiKeys.PRODUCE, 9,
            new ProduceRequestData().setAcks((short) -1).setTimeoutMs(60_000).setTopicData(new TopicProduceDataCollection(List.of(data))));
        return response.data().responses().iterator().next().partitionResponses().get(0);
    }

    private static MemoryRecords batch(long producer, int sequence, long timestamp, String... values) {
        Header[] delay = {new RecordHeader("delay", "1h".getBytes(StandardCharsets.UTF_8))};
        SimpleRecord[] records = Arrays.stream(values)
            .map(value -> new SimpleRecord(timestamp, null, value.getBytes(StandardCharsets.UTF_8), delay)).toArray(SimpleRecord[]::new);
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producer, (short) 0, sequence, records);
    }

    @Test
    void aBatchThatIsSentTwiceIsDelayedOnce() {
        String topic = "twice";
        create(topic, Map.of());
        long now = System.currentTimeMillis() + AHEAD_MS.get();
        for (int i = 0; i < 2; i++) {
            assertThat(produce(topic, batch(4711, 0, now, "a", "b")).baseOffset()).isZero();
            assertThat(waiting(topic)).hasSize(2);
        }
        fixture.broker().kill();
        assertThat(produce(topic, batch(4711, 0, now, "a", "b")).baseOffset()).isZero();
        assertThat(waiting(topic)).hasSize(2);
        anHourLater();
        assertThat(values(poll(consumer(topic, Map.of()), 2))).containsExactly("a", "b");
        assertThat(produce(topic, batch(4711, 0, now, "a", "b")).baseOffset()).isZero();
        assertThat(produce(topic, batch(4711, 2, now - HOUR.toMillis(), "end")).baseOffset()).isEqualTo(4);
        assertThat(values(poll(consumer(topic, Map.of()), 3))).containsExactly("a", "b", "end");
        await().until(() -> waiting(topic).isEmpty());
    }

    @Test
    void everyAcknowledgedRecordComesOnceWhateverKillsTheBroker() {
        String topic = "killed";
        create(topic, Map.of());
        KafkaProducer<String, String> producer = fixture.producer(Map.of("linger.ms", 5, "batch.size", 2000, "retry.backoff.max.ms", 100));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 600; i++) {
            String value = "v" + i;
            expected.add(value);
            sent.add(producer.send(switch (i % 3) {
                case 0 -> record(topic, value);
                case 1 -> record(topic, value, "delay", "20ms");
                default -> record(topic, value, "delay", "1h");
            }));
            if (i % 200 == 100) {
                get(sent.get(i - 50));
                fixture.broker().kill();
            }
        }
        producer.flush();
        sent.forEach(KafkaFixture::get);
        fixture.broker().kill();
        anHourLater();
        List<String> read = values(poll(consumer(topic, Map.of()), 600));
        await().until(() -> waiting(topic).isEmpty());
        get(producer.send(record(topic, "end")));
        List<String> all = values(poll(consumer(topic, Map.of()), 601));
        assertThat(read).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(all.get(600)).isEqualTo("end");
    }

    @Test
    void aShareGroupTakesWhatIsThereAndThenWhatIsDue() {
        String topic = "shared";
        create(topic, Map.of());
        ShareGroupIT.fromEarliest(fixture, topic);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        get(producer.send(record(topic, "later", "delay", "1h")));
        get(producer.send(record(topic, "now")));
        KafkaShareConsumer<String, String> member = ShareGroupIT.member(fixture, topic, topic, Map.of());
        assertThat(values(ShareGroupIT.poll(member, 1))).containsExactly("now");
        member.commitSync();
        ShareGroupIT.awaitSettled(fixture, topic);
        anHourLater();
        assertThat(values(ShareGroupIT.poll(member, 1))).containsExactly("later");
        member.commitSync();
        ShareGroupIT.awaitSettled(fixture, topic);
    }

    @Test
    void aRecordWhoseTimeToLiveEndsInAShareGroupGoesToItsDeadLetterTopic() {
        String group = "expiring";
        String ended = "expired-ones";
        fixture.createTopic(ended, 1);
        ShareGroupIT.set(fixture, group, Map.of("errors.deadletterqueue.topic.name", ended));
        ShareGroupIT.topic(fixture, group, 1, 1);
        KafkaShareConsumer<String, String> member = ShareGroupIT.member(fixture, group, group, Map.of());
        assertThat(values(ShareGroupIT.poll(member, 1))).containsExactly("v0");
        member.commitSync();
        member.close();
        ProducerRecord<String, String> mortal = record(group, "mortal", "expiration", "50", "trace", "t1");
        get(fixture.producer(Map.of()).send(mortal));
        ConsumerRecord<String, String> dead = poll(consumer(ended, Map.of()), 1).get(0);
        assertThat(dead.key()).isEqualTo("k-mortal");
        assertThat(dead.value()).isEqualTo("mortal");
        assertThat(new String(dead.headers().lastHeader("trace").value(), StandardCharsets.UTF_8)).isEqualTo("t1");
        assertThat(new String(dead.headers().lastHeader("dead-letter").value(), StandardCharsets.UTF_8))
            .contains("reason=expired", "subscription=" + group, "topic=" + group, "key=k-mortal", "expiration=50");
        assertThat(dead.headers().lastHeader("expiration")).isNull();
    }

    @Test
    void theSwitchIsATopicConfigLikeAnyOther() {
        String topic = "switched";
        fixture.createTopic(topic, 1);
        Admin admin = fixture.admin();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigEntry before = describe(admin, resource);
        assertThat(before.value()).isEqualTo("false");
        assertThat(before.isDefault()).isTrue();
        assertThat(before.documentation()).contains("deliver-at");
        assertThat(before.type()).isEqualTo(ConfigEntry.ConfigType.BOOLEAN);
        alter(admin, resource, new AlterConfigOp(new ConfigEntry(SWITCH, "true"), AlterConfigOp.OpType.SET));
        ConfigEntry now = describe(admin, resource);
        assertThat(now.value()).isEqualTo("true");
        assertThat(now.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(now.synonyms()).extracting(ConfigEntry.ConfigSynonym::name).containsExactly(SWITCH, "tributary.topics.delay-headers");
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        get(producer.send(record(topic, "later", "delay", "1h")));
        assertThat(waiting(topic)).hasSize(1);
        fixture.broker().restart();
        assertThat(describe(admin, resource).value()).isEqualTo("true");
        assertThatThrownBy(() -> alter(admin, resource, new AlterConfigOp(new ConfigEntry(SWITCH, "maybe"), AlterConfigOp.OpType.SET)))
            .isInstanceOf(InvalidConfigurationException.class);
        alter(admin, resource, new AlterConfigOp(new ConfigEntry(SWITCH, null), AlterConfigOp.OpType.DELETE));
        assertThat(describe(admin, resource).value()).isEqualTo("false");
        get(producer.send(record(topic, "now", "delay", "1h")));
        assertThat(values(poll(consumer(topic, Map.of()), 1))).containsExactly("now");
    }

    private static void alter(Admin admin, ConfigResource resource, AlterConfigOp change) {
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
    }

    private static ConfigEntry describe(Admin admin, ConfigResource resource) {
        return get(admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
            .all()).get(resource).get(SWITCH);
    }
}
