package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Share groups with Kafka's own share consumer (KIP-932). */
@NullUnmarked // what the clients give in maps is there, or the test fails
class ShareGroupIT {
    private static final Duration LOCK = Duration.ofSeconds(2);
    static final KafkaConfig CONFIG = KafkaFixture.CONFIG.withGroups(
        KafkaFixture.CONFIG.groups().withShares(new KafkaConfig.Shares(LOCK, Duration.ofMillis(200), 3, 2000, 200, 2000)));
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(CONFIG);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    static void fromEarliest(KafkaFixture at, String group) {
        set(at, group, Map.of("share.auto.offset.reset", "earliest"));
    }

    static void set(KafkaFixture at, String group, Map<String, String> configs) {
        alter(at, ConfigResource.Type.GROUP, group, configs);
    }

    private static void alter(KafkaFixture at, ConfigResource.Type type, String name, Map<String, String> configs) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at.bootstrap()))) {
            Collection<AlterConfigOp> changes = configs.entrySet().stream().map(entry ->
                new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET)).toList();
            get(admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), changes)).all());
        }
    }

    static KafkaShareConsumer<String, String> member(KafkaFixture at, String group, String topic, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("group.id", group);
        all.put("bootstrap.servers", at.bootstrap());
        KafkaShareConsumer<String, String> consumer =
            at.closing(new KafkaShareConsumer<>(all, new StringDeserializer(), new StringDeserializer()));
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private static KafkaShareConsumer<String, String> explicit(String group, int maxRecords) {
        return member(fixture, group, group, Map.of("share.acknowledgement.mode", "explicit", "max.poll.records", maxRecords));
    }

    /** A topic, with a group of the same name that begins at its beginning. */
    static void topic(KafkaFixture at, String name, int partitions, int records) {
        at.createTopic(name, partitions);
        fromEarliest(at, name);
        fill(at, name, partitions, 0, records);
    }

    static void fill(KafkaFixture at, String topic, int partitions, int from, int to) {
        KafkaProducer<String, String> producer = at.producer(Map.of());
        IntStream.range(from, to).mapToObj(i -> producer.send(new ProducerRecord<>(topic, i % partitions, "k" + i, "v" + i))).toList()
            .forEach(KafkaFixture::get);
    }

    static List<ConsumerRecord<String, String>> poll(KafkaShareConsumer<String, String> member, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            member.poll(Duration.ofMillis(200)).forEach(records::add);
            return records.size() >= count;
        });
        return records;
    }

    /** Polls, and says the same of each record, until there were as many. */
    static List<ConsumerRecord<String, String>> poll(KafkaShareConsumer<String, String> member, int count, AcknowledgeType type) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            for (ConsumerRecord<String, String> record : member.poll(Duration.ofMillis(200))) {
                records.add(record);
                member.acknowledge(record, type);
            }
            return records.size() >= count;
        });
        member.commitSync();
        return records;
    }

    static Set<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<String> expected(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).collect(Collectors.toCollection(TreeSet::new));
    }

    static Subscription subscription(KafkaFixture at, String group) {
        return at.broker().broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, group));
    }

    /** What is not settled of the group's topics; -1 where that is not known. */
    static long lag(KafkaFixture at, String group) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at.bootstrap()))) {
            List<Long> lags = get(admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec())).all()).get(group).values()
                .stream().map(told -> told == null ? -1 : told.lag().orElse(-1L)).toList();
            return lags.isEmpty() || lags.contains(-1L) ? -1 : lags.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** How many of the group's members have been given partitions. */
    static long assigned(KafkaFixture at, String group) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", at.bootstrap()))) {
            return get(admin.describeShareGroups(List.of(group)).all()).get(group).members().stream()
                .filter(member -> !member.assignment().topicPartitions().isEmpty()).count();
        }
    }

    static void awaitSettled(KafkaFixture at, String group) {
        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(lag(at, group)).isZero());
    }

    @Test
    void aMemberGetsEveryRecordAndThePollAfterAcknowledgesThem() {
        topic(fixture, "implicit", 3, 300);
        KafkaShareConsumer<String, String> member = member(fixture, "implicit", "implicit", Map.of("max.poll.records", 50));
        List<ConsumerRecord<String, String>> records = poll(member, 300);
        assertThat(records).hasSize(300);
        assertThat(values(records)).isEqualTo(expected(0, 300));
        assertThat(records).allSatisfy(record -> {
            assertThat(record.deliveryCount()).hasValue((short) 1);
            assertThat(record.key()).isEqualTo("k" + record.value().substring(1));
        });
        member.commitSync();
        awaitSettled(fixture, "implicit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
    void compressedBatchesAreHandedOutRecordByRecord(String codec) {
        String name = "shared-" + codec;
        fixture.createTopic(name, 1);
        fromEarliest(fixture, name);
        KafkaProducer<String, String> producer = fixture.producer(Map.of("compression.type", codec, "linger.ms", 50));
        IntStream.range(0, 100).mapToObj(i -> producer.send(new ProducerRecord<>(name, "k" + i, "v" + i))).toList()
            .forEach(KafkaFixture::get);
        KafkaShareConsumer<String, String> member = member(fixture, name, name, Map.of("max.poll.records", 7));
        assertThat(values(poll(member, 100))).isEqualTo(expected(0, 100));
    }

    @Test
    void aNewGroupBeginsAtTheEndUnlessItIsToldOtherwise() {
        fixture.createTopic("latest", 1);
        fill(fixture, "latest", 1, 0, 10);
        KafkaShareConsumer<String, String> member = member(fixture, "latest", "latest", Map.of());
        List<ConsumerRecord<String, String>> first = new ArrayList<>();
        AtomicInteger published = new AtomicInteger(10);
        await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            fill(fixture, "latest", 1, published.get(), published.incrementAndGet());
            member.poll(Duration.ofMillis(100)).forEach(first::add);
            return !first.isEmpty();
        });
        assertThat(first).allMatch(record -> record.offset() >= 10);
    }

    @Test
    void whatIsReleasedComesAgainAndCountsAsDelivered() {
        topic(fixture, "released", 1, 5);
        KafkaShareConsumer<String, String> member = explicit("released", 10);
        assertThat(poll(member, 5, AcknowledgeType.RELEASE)).allSatisfy(record -> assertThat(record.deliveryCount()).hasValue((short) 1));
        List<ConsumerRecord<String, String>> again = poll(member, 5, AcknowledgeType.ACCEPT);
        assertThat(again).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(again).allSatisfy(record -> assertThat(record.deliveryCount()).hasValue((short) 2));
        awaitSettled(fixture, "released");
    }

    @Test
    void whatIsRejectedOrReleasedTooOftenDoesNotComeAgain() {
        topic(fixture, "refused", 1, 2);
        KafkaShareConsumer<String, String> member = explicit("refused", 10);
        List<ConsumerRecord<String, String>> seen = new ArrayList<>();
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            for (ConsumerRecord<String, String> record : member.poll(Duration.ofMillis(200))) {
                seen.add(record);
                member.acknowledge(record, record.offset() == 0 ? AcknowledgeType.REJECT : AcknowledgeType.RELEASE);
            }
            member.commitSync();
            return seen.size() >= 4 && lag(fixture, "refused") == 0;
        });
        assertThat(seen).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 1L, 1L);
        assertThat(seen).extracting(record -> (int) record.deliveryCount().orElseThrow()).containsExactly(1, 1, 2, 3);
    }

    @Test
    @OwnBroker("dead letters: a fresh Kafka 4.4.0 wrote none within a minute")
    void deadLettersGoToTheGroupsTopic() {
        fixture.createTopic("dead-ends", 1);
        alter(fixture, ConfigResource.Type.TOPIC, "dead-ends", Map.of("errors.deadletterqueue.group.enable", "true"));
        topic(fixture, "dying", 1, 3);
        set(fixture, "dying", Map.of("errors.deadletterqueue.topic.name", "dead-ends",
            "errors.deadletterqueue.copy.record.enable", "true"));
        KafkaShareConsumer<String, String> member = explicit("dying", 10);
        poll(member, 3, AcknowledgeType.REJECT);
        List<ConsumerRecord<String, String>> dead = new ArrayList<>();
        try (var consumer = fixture.consumer(Map.of("group.id", "undertaker"))) {
            consumer.subscribe(List.of("dead-ends"));
            dead.addAll(KafkaFixture.poll(consumer, 3));
        }
        assertThat(values(dead)).isEqualTo(expected(0, 3));
    }

    @Test
    @DiffersFromKafka("they hold from then on")
    void whatASubscriptionIsMadeWithIsNotChangedLater() {
        topic(fixture, "made", 1, 1);
        poll(explicit("made", 10), 1, AcknowledgeType.ACCEPT);
        assertThatThrownBy(() -> set(fixture, "made", Map.of("errors.deadletterqueue.topic.name", "elsewhere")))
            .isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set(fixture, "made", Map.of("share.delivery.count.limit", "4")))
            .isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void aLockThatRunsOutGivesTheRecordToAnotherMember() {
        topic(fixture, "slow", 1, 2);
        KafkaShareConsumer<String, String> slow = explicit("slow", 10);
        List<ConsumerRecord<String, String>> held = poll(slow, 2);
        KafkaShareConsumer<String, String> other = explicit("slow", 10);
        List<ConsumerRecord<String, String>> taken = poll(other, 2);
        assertThat(taken).extracting(ConsumerRecord::offset).containsExactly(0L, 1L);
        assertThat(taken).allSatisfy(record -> assertThat((int) record.deliveryCount().orElseThrow()).isGreaterThanOrEqualTo(2));
        slow.acknowledge(held.get(0), AcknowledgeType.ACCEPT);
        assertThat(slow.commitSync().values()).allSatisfy(outcome -> assertThat(outcome).isPresent());
        other.close();
        poll(explicit("slow", 10), 2, AcknowledgeType.ACCEPT);
        awaitSettled(fixture, "slow");
    }

    @Test
    void aRenewedLockIsKept() {
        topic(fixture, "renewed", 1, 1);
        KafkaShareConsumer<String, String> member = explicit("renewed", 10);
        ConsumerRecord<String, String> held = poll(member, 1).get(0);
        KafkaShareConsumer<String, String> other = explicit("renewed", 10);
        List<ConsumerRecord<String, String>> stolen = new ArrayList<>();
        long end = System.nanoTime() + 2 * LOCK.toNanos();
        await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            member.acknowledge(held, AcknowledgeType.RENEW);
            assertThat(member.commitSync().values()).allSatisfy(outcome -> assertThat(outcome).isEmpty());
            member.poll(Duration.ofMillis(10));
            other.poll(Duration.ofMillis(200)).forEach(stolen::add);
            return System.nanoTime() > end;
        });
        member.acknowledge(held, AcknowledgeType.ACCEPT);
        assertThat(member.commitSync().values()).allSatisfy(outcome -> assertThat(outcome).isEmpty());
        assertThat(stolen).isEmpty();
        awaitSettled(fixture, "renewed");
    }

    @Test
    void moreMembersThanPartitionsShareThemAndEachRecordComesOnce() {
        topic(fixture, "crowd", 1, 0);
        List<KafkaShareConsumer<String, String>> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(member(fixture, "crowd", "crowd", Map.of("max.poll.records", 10, "share.acquire.mode", "record_limit")));
        }
        List<List<ConsumerRecord<String, String>>> got = members.stream().map(member -> (List<ConsumerRecord<String, String>>)
            new ArrayList<ConsumerRecord<String, String>>()).toList();
        await().atMost(KafkaFixture.PATIENCE).ignoreExceptions().until(() -> {
            members.forEach(member -> member.poll(Duration.ofMillis(50)));
            return assigned(fixture, "crowd") == 4;
        });
        fill(fixture, "crowd", 1, 0, 400);
        await().atMost(KafkaFixture.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            for (int i = 0; i < members.size(); i++) {
                members.get(i).poll(Duration.ofMillis(50)).forEach(got.get(i)::add);
            }
            return got.stream().mapToInt(List::size).sum() >= 400;
        });
        assertThat(got).allSatisfy(part -> assertThat(part).isNotEmpty());
        List<ConsumerRecord<String, String>> all = got.stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(400);
        assertThat(values(all)).isEqualTo(expected(0, 400));
    }

    @Test
    void closingGivesBackWhatWasNotAcknowledged() {
        topic(fixture, "left", 1, 10);
        KafkaShareConsumer<String, String> leaving = explicit("left", 10);
        List<ConsumerRecord<String, String>> held = poll(leaving, 10);
        held.subList(0, 4).forEach(record -> leaving.acknowledge(record, AcknowledgeType.ACCEPT));
        leaving.close();
        KafkaShareConsumer<String, String> other = explicit("left", 10);
        List<ConsumerRecord<String, String>> rest = poll(other, 6, AcknowledgeType.ACCEPT);
        assertThat(rest).extracting(ConsumerRecord::offset).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        awaitSettled(fixture, "left");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @OwnBroker("a restart")
    void acknowledgementsOutliveARestartAndAKill(boolean kill) {
        try (KafkaFixture own = new KafkaFixture(CONFIG)) {
            topic(own, "lasting", 2, 40);
            try (KafkaShareConsumer<String, String> before = member(own, "lasting", "lasting",
                Map.of("share.acknowledgement.mode", "explicit", "max.poll.records", 100))) {
                poll(before, 40, AcknowledgeType.ACCEPT);
            }
            awaitSettled(own, "lasting");
            fill(own, "lasting", 2, 40, 60);
            await().atMost(KafkaFixture.PATIENCE).until(() -> lag(own, "lasting") == 20);
            awaitWritten(own);
            if (kill) {
                own.broker().kill();
            } else {
                own.broker().restart();
            }
            KafkaShareConsumer<String, String> after = member(own, "lasting", "lasting", Map.of());
            List<ConsumerRecord<String, String>> rest = poll(after, 20);
            assertThat(values(rest)).isEqualTo(expected(40, 60));
            assertThat(rest).hasSize(20);
        }
    }

    /** Nothing has been added to where subscriptions are written for ten of their intervals. */
    private static void awaitWritten(KafkaFixture at) {
        Partition written = at.broker().broker().topics().find(new TopicName(Namespace.DEFAULT, "__subscriptions")).partition(0);
        AtomicLong end = new AtomicLong(-1);
        await().during(Duration.ofMillis(500)).atMost(KafkaFixture.PATIENCE).until(() -> {
            long now = written.highWatermark();
            return end.getAndSet(now) == now;
        });
    }
}
