package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jspecify.annotations.NullUnmarked;

/** Consumer groups of both protocols with Kafka's own consumer. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class GroupIT {
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static Map<String, Object> classic(String group, String assignor) {
        return Map.of("group.id", group, "partition.assignment.strategy", "org.apache.kafka.clients.consumer." + assignor,
            "heartbeat.interval.ms", 200, "session.timeout.ms", 6000);
    }

    private static Map<String, Object> modern(String group) {
        return Map.of("group.id", group, "group.protocol", "consumer");
    }

    private static void fill(KafkaFixture fixture, String topic, int partitions, int records) {
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, "k", "v" + i)));
        }
        sent.forEach(KafkaFixture::get);
    }

    /** Polls both until each has some of the partitions and together they have all. */
    private static void pollUntilShared(KafkaConsumer<String, String> one, KafkaConsumer<String, String> other, int partitions) {
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            one.poll(Duration.ofMillis(100));
            other.poll(Duration.ofMillis(100));
            Set<TopicPartition> all = new HashSet<>(one.assignment());
            all.addAll(other.assignment());
            return !one.assignment().isEmpty() && !other.assignment().isEmpty()
                && all.size() == partitions && one.assignment().size() + other.assignment().size() == partitions;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"RangeAssignor", "RoundRobinAssignor", "StickyAssignor", "CooperativeStickyAssignor"})
    void aClassicGroupSharesAndRebalances(String assignor) {
        String topic = "classic-" + assignor;
        fixture.createTopic(topic, 4);
        fill(fixture, topic, 4, 40);
        KafkaConsumer<String, String> first = fixture.consumer(classic(topic, assignor));
        first.subscribe(List.of(topic));
        assertThat(poll(first, 40)).hasSize(40);
        first.commitSync();
        KafkaConsumer<String, String> second = fixture.consumer(classic(topic, assignor));
        second.subscribe(List.of(topic));
        pollUntilShared(first, second, 4);
        first.close();
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            second.poll(Duration.ofMillis(100));
            return second.assignment().size() == 4;
        });
    }

    @Test
    void aGroupOfTheNewProtocolSharesAndRebalances() {
        fixture.createTopic("modern", 4);
        fill(fixture, "modern", 4, 40);
        KafkaConsumer<String, String> first = fixture.consumer(modern("modern"));
        first.subscribe(List.of("modern"));
        assertThat(poll(first, 40)).hasSize(40);
        first.commitSync();
        KafkaConsumer<String, String> second = fixture.consumer(modern("modern"));
        second.subscribe(List.of("modern"));
        pollUntilShared(first, second, 4);
        ConsumerGroupDescription described = get(fixture.admin().describeConsumerGroups(List.of("modern")).all()).get("modern");
        assertThat(described.members()).hasSize(2);
        assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    @OwnBroker("a restart and a kill")
    void commitsSurviveARestart(String protocol) {
        try (KafkaFixture own = new KafkaFixture()) {
            own.createTopic("resumed", 2);
            fill(own, "resumed", 2, 20);
            try (KafkaConsumer<String, String> before = own.consumer(Map.of("group.id", "g", "group.protocol", protocol))) {
                before.subscribe(List.of("resumed"));
                assertThat(poll(before, 20)).hasSize(20);
                before.commitSync(Map.of(new TopicPartition("resumed", 0), new OffsetAndMetadata(7, "note"),
                    new TopicPartition("resumed", 1), new OffsetAndMetadata(10)));
            }
            own.broker().restart();
            KafkaConsumer<String, String> after = own.consumer(Map.of("group.id", "g", "group.protocol", protocol));
            Map<TopicPartition, OffsetAndMetadata> committed = after.committed(Set.of(new TopicPartition("resumed", 0)));
            assertThat(committed).containsEntry(new TopicPartition("resumed", 0), new OffsetAndMetadata(7, "note"));
            after.subscribe(List.of("resumed"));
            List<ConsumerRecord<String, String>> rest = poll(after, 3);
            assertThat(rest).extracting(ConsumerRecord::offset).containsExactly(7L, 8L, 9L);
            own.broker().kill();
            assertThat(after.committed(Set.of(new TopicPartition("resumed", 1))))
                .containsEntry(new TopicPartition("resumed", 1), new OffsetAndMetadata(10));
        }
    }

    @Test
    void aStaticMemberComesBackToItsPartitions() {
        fixture.createTopic("static", 4);
        Map<String, Object> settings = Map.of("group.id", "static", "session.timeout.ms", 30_000, "heartbeat.interval.ms", 200);
        Map<String, Object> one = new HashMap<>(settings);
        one.put("group.instance.id", "one");
        Map<String, Object> two = new HashMap<>(settings);
        two.put("group.instance.id", "two");
        KafkaConsumer<String, String> first = fixture.consumer(one);
        KafkaConsumer<String, String> second = fixture.consumer(two);
        first.subscribe(List.of("static"));
        second.subscribe(List.of("static"));
        pollUntilShared(first, second, 4);
        Set<TopicPartition> held = second.assignment();
        second.close();
        KafkaConsumer<String, String> again = fixture.consumer(two);
        again.subscribe(List.of("static"));
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            first.poll(Duration.ofMillis(50));
            again.poll(Duration.ofMillis(50));
            return again.assignment().equals(held);
        });
        assertThat(first.assignment()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void newTopicsAndPartitionsReachTheGroup(String protocol) {
        String prefix = "grown-" + protocol;
        fixture.createTopic(prefix + "-a", 1);
        KafkaConsumer<String, String> consumer = fixture.consumer(
            Map.of("group.id", prefix, "group.protocol", protocol, "metadata.max.age.ms", 300));
        consumer.subscribe(Pattern.compile(prefix + "-.*"));
        awaitAssignment(consumer, 1);
        fixture.createTopic(prefix + "-b", 2);
        awaitAssignment(consumer, 3);
        Admin admin = fixture.admin();
        get(admin.createPartitions(Map.of(prefix + "-a", NewPartitions.increaseTo(3))).all());
        awaitAssignment(consumer, 5);
        get(admin.deleteTopics(List.of(prefix + "-b")).all());
        awaitAssignment(consumer, 3);
    }

    private static void awaitAssignment(KafkaConsumer<String, String> consumer, int partitions) {
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return consumer.assignment().size() == partitions;
        });
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() {
        fixture.createTopic("managed", 1);
        fill(fixture, "managed", 1, 5);
        Admin admin = fixture.admin();
        TopicPartition partition = new TopicPartition("managed", 0);
        try (KafkaConsumer<String, String> member = fixture.consumer(Map.of("group.id", "managed"))) {
            member.subscribe(List.of("managed"));
            poll(member, 5);
            member.commitSync();
            ConsumerGroupDescription described = get(admin.describeConsumerGroups(List.of("managed")).all()).get("managed");
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.members().iterator().next().assignment().topicPartitions()).containsExactly(partition);
            assertThatThrownBy(() -> get(admin.deleteConsumerGroups(List.of("managed")).all()))
                .isInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> get(admin.alterConsumerGroupOffsets("managed", Map.of(partition, new OffsetAndMetadata(0))).all()))
                .isInstanceOf(UnknownMemberIdException.class);
        }
        assertThat(get(admin.listGroups().all())).extracting(GroupListing::groupId).contains("managed");
        get(admin.alterConsumerGroupOffsets("managed", Map.of(partition, new OffsetAndMetadata(2))).all());
        assertThat(get(admin.listConsumerGroupOffsets("managed").partitionsToOffsetAndMetadata()))
            .containsOnlyKeys(partition).containsEntry(partition, new OffsetAndMetadata(2));
        get(admin.deleteConsumerGroupOffsets("managed", Set.of(partition)).all());
        assertThat(get(admin.listConsumerGroupOffsets("managed").partitionsToOffsetAndMetadata())).isEmpty();
        get(admin.alterConsumerGroupOffsets("managed", Map.of(partition, new OffsetAndMetadata(3))).all());
        get(admin.deleteConsumerGroups(List.of("managed")).all());
        assertThat(get(admin.listGroups().all())).extracting(GroupListing::groupId).doesNotContain("managed");
    }

    @Test
    void deletingATopicForgetsItsCommits() {
        fixture.createTopic("forgotten", 1);
        Admin admin = fixture.admin();
        TopicPartition partition = new TopicPartition("forgotten", 0);
        get(admin.alterConsumerGroupOffsets("forgetful", Map.of(partition, new OffsetAndMetadata(9))).all());
        get(admin.deleteTopics(List.of("forgotten")).all());
        fixture.createTopic("forgotten", 1);
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            Map<TopicPartition, OffsetAndMetadata> left =
                get(admin.listConsumerGroupOffsets("forgetful").partitionsToOffsetAndMetadata());
            return left.values().stream().allMatch(Objects::isNull);
        });
    }
}
