package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.ShareGroupIT.awaitSettled;
import static io.tributary.protocol.kafka.ShareGroupIT.fill;
import static io.tributary.protocol.kafka.ShareGroupIT.member;
import static io.tributary.protocol.kafka.ShareGroupIT.poll;
import static io.tributary.protocol.kafka.ShareGroupIT.set;
import static io.tributary.protocol.kafka.ShareGroupIT.subscription;
import static io.tributary.protocol.kafka.ShareGroupIT.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Share groups with Kafka's admin client. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class ShareGroupAdminIT {
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(ShareGroupIT.CONFIG);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    void groupsAreListedDescribedAndDeletedWithTheirSubscription() {
        topic(fixture, "administered", 2, 10);
        Admin admin = fixture.admin();
        try (KafkaShareConsumer<String, String> member = member(fixture, "administered", "administered", Map.of("max.poll.records", 4))) {
            poll(member, 10);
            member.commitSync();
            var described = get(admin.describeShareGroups(List.of("administered")).all()).get("administered");
            assertThat(described.members()).hasSize(1);
            assertThat(described.members().iterator().next().assignment().topicPartitions()).hasSize(2);
            awaitSettled(fixture, "administered");
        }
        assertThat(get(admin.listGroups().all())).anySatisfy(group -> {
            assertThat(group.groupId()).isEqualTo("administered");
            assertThat(group.type()).hasValue(GroupType.SHARE);
        });
        get(admin.deleteShareGroups(List.of("administered")).all());
        assertThat(get(admin.listGroups().all())).noneMatch(group -> group.groupId().equals("administered"));
        if (!KafkaPeer.isTested()) {
            assertThat(subscription(fixture, "administered")).isNull();
        }
    }

    @Test
    @DiffersFromKafka("all of these are enforced")
    void configsThatAreNotEnforcedAreRefused() {
        assertThatThrownBy(() -> set(fixture, "configured", Map.of("share.isolation.level", "read_uncommitted")))
            .isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set(fixture, "configured", Map.of("errors.deadletterqueue.copy.record.enable", "false")))
            .isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void configsOfGroupsAreTold() {
        set(fixture, "configured", Map.of("share.record.lock.duration.ms", "2500"));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, "configured");
        var described = get(fixture.admin().describeConfigs(List.of(resource)).all()).get(resource);
        assertThat(described.get("share.record.lock.duration.ms").value()).isEqualTo("2500");
        assertThat(described.get("share.record.lock.duration.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
        assertThat(described.get("share.delivery.count.limit").value()).isEqualTo("3");
    }

    private static Map<TopicPartition, Long> offsets(String group) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(fixture.admin().listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec())).all()).get(group)
            .forEach((partition, info) -> {
                if (info != null) {
                    offsets.put(partition, info.startOffset());
                }
            });
        return offsets;
    }

    /** The coordinator answers before it has noted what it did. */
    private static void awaitOffsets(String group, Map<TopicPartition, Long> expected) {
        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(offsets(group)).isEqualTo(expected));
    }

    @Test
    void offsetsAreToldResetAndForgotten() {
        topic(fixture, "positioned", 1, 10);
        TopicPartition partition = new TopicPartition("positioned", 0);
        Admin admin = fixture.admin();
        Map<String, Object> explicit = Map.of("share.acknowledgement.mode", "explicit");
        try (KafkaShareConsumer<String, String> member = member(fixture, "positioned", "positioned", explicit)) {
            for (ConsumerRecord<String, String> record : poll(member, 10)) {
                member.acknowledge(record, record.offset() == 4 ? AcknowledgeType.RENEW : AcknowledgeType.ACCEPT);
            }
            member.commitSync();
            var told = get(admin.listShareGroupOffsets(Map.of("positioned", new ListShareGroupOffsetsSpec())).all()).get("positioned");
            // Kafka tells the offset that it has last moved up to.
            assertThat(told.get(partition).startOffset()).isBetween(KafkaPeer.isTested() ? 0L : 4L, 4L);
            assertThat(told.get(partition).lag()).hasValue(1L);
            assertThatThrownBy(() -> get(admin.alterShareGroupOffsets("positioned", Map.of(partition, 0L)).all()))
                .isInstanceOf(GroupNotEmptyException.class);
        }
        get(admin.alterShareGroupOffsets("positioned", Map.of(partition, 3L)).all());
        awaitOffsets("positioned", Map.of(partition, 3L));
        try (KafkaShareConsumer<String, String> member = member(fixture, "positioned", "positioned", explicit)) {
            List<ConsumerRecord<String, String>> again = poll(member, 7, AcknowledgeType.ACCEPT);
            assertThat(again).extracting(ConsumerRecord::offset).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
            assertThat(again).allSatisfy(record -> assertThat(record.deliveryCount()).hasValue((short) 1));
        }
        awaitEmpty("positioned");
        get(admin.alterShareGroupOffsets("positioned", Map.of(partition, 0L)).all());
        awaitOffsets("positioned", Map.of(partition, 0L));
        try (KafkaShareConsumer<String, String> member = member(fixture, "positioned", "positioned", explicit)) {
            assertThat(poll(member, 10, AcknowledgeType.ACCEPT)).extracting(ConsumerRecord::offset).startsWith(0L).hasSize(10);
        }
        awaitSettled(fixture, "positioned");
        fill(fixture, "positioned", 1, 10, 15);
        get(admin.alterShareGroupOffsets("positioned", Map.of(partition, 15L)).all());
        awaitOffsets("positioned", Map.of(partition, 15L));
        get(admin.deleteShareGroupOffsets("positioned", Set.of("positioned")).all());
        awaitOffsets("positioned", Map.of());
    }

    /** The last member has left. */
    private static void awaitEmpty(String group) {
        await().atMost(KafkaFixture.PATIENCE).until(() ->
            get(fixture.admin().describeShareGroups(List.of(group)).all()).get(group).members().isEmpty());
    }

    @Test
    void partitionsAndTopicsAreResetAndForgottenOneByOne() {
        topic(fixture, "several", 2, 10);
        topic(fixture, "several-more", 1, 4);
        Admin admin = fixture.admin();
        try (KafkaShareConsumer<String, String> member = member(fixture, "several", "several", Map.of())) {
            member.subscribe(List.of("several", "several-more"));
            poll(member, 14);
            member.commitSync();
        }
        awaitSettled(fixture, "several");
        awaitEmpty("several");
        TopicPartition first = new TopicPartition("several", 0);
        TopicPartition second = new TopicPartition("several", 1);
        get(admin.alterShareGroupOffsets("several", Map.of(first, 2L)).all());
        awaitOffset("several", first, 2);
        get(admin.deleteShareGroupOffsets("several", Set.of("several-more")).all());
        await().atMost(KafkaFixture.PATIENCE).until(() -> offsets("several").keySet().equals(Set.of(first, second)));
        try (KafkaShareConsumer<String, String> member = member(fixture, "several", "several", Map.of())) {
            List<ConsumerRecord<String, String>> again = poll(member, 3);
            assertThat(again).extracting(ConsumerRecord::offset).containsExactly(2L, 3L, 4L);
            assertThat(again).extracting(ConsumerRecord::partition).containsOnly(0);
            member.commitSync();
        }
        awaitSettled(fixture, "several");
        awaitEmpty("several");
        get(admin.alterShareGroupOffsets("several", Map.of(new TopicPartition("several-more", 0), 3L)).all());
        awaitOffset("several", new TopicPartition("several-more", 0), 3);
    }

    private static void awaitOffset(String group, TopicPartition partition, long expected) {
        await().atMost(KafkaFixture.PATIENCE).until(() -> Long.valueOf(expected).equals(offsets(group).get(partition)));
    }

    @Test
    void aGroupBeginsAtATime() {
        String name = "timed";
        fixture.createTopic(name, 1);
        set(fixture, name, Map.of("share.auto.offset.reset", "by_duration:PT1H"));
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        long now = System.currentTimeMillis();
        for (int hours = 3; hours >= 0; hours--) {
            get(producer.send(new ProducerRecord<>(name, 0, now - Duration.ofMinutes(60L * hours - 10).toMillis(), "k", "v" + hours)));
        }
        try (KafkaShareConsumer<String, String> member = member(fixture, name, name, Map.of())) {
            assertThat(poll(member, 2)).extracting(ConsumerRecord::value).containsExactly("v1", "v0");
        }
    }

    @Test
    void theFeatureIsThere() {
        FeatureMetadata features = get(fixture.admin().describeFeatures().featureMetadata());
        assertThat(features.finalizedFeatures().get("share.version").maxVersionLevel()).isEqualTo((short) 2);
    }
}
