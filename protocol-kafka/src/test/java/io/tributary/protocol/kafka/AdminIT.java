package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka's own Admin client. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class AdminIT {
    private static KafkaFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static Config configs(ConfigResource resource) {
        return get(admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
            .all()).get(resource);
    }

    private static void set(String topic, String config, String value) {
        get(admin.incrementalAlterConfigs(Map.of(topic(topic), List.of(new AlterConfigOp(new ConfigEntry(config, value), OpType.SET))))
            .all());
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() {
        create(new NewTopic("life", 3, (short) 1));
        assertThat(get(admin.listTopics().names())).contains("life");
        TopicDescription described = get(admin.describeTopics(List.of("life")).allTopicNames()).get("life");
        assertThat(described.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader().port()).isEqualTo(fixture.port());
            assertThat(partition.replicas()).hasSize(1);
            assertThat(partition.isr()).hasSize(1);
        });
        assertThat(get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(described.topicId()))).allTopicIds()))
            .containsOnlyKeys(described.topicId());
        assertThatThrownBy(() -> get(admin.createTopics(List.of(new NewTopic("life", 1, (short) 1))).all()))
            .isInstanceOf(TopicExistsException.class);
        get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(described.topicId()))).all());
        seen(() -> assertThat(get(admin.listTopics().names())).doesNotContain("life"));
        assertThatThrownBy(() -> get(admin.deleteTopics(List.of("life")).all())).isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(() -> get(admin.describeTopics(List.of("life")).allTopicNames()))
            .isInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void aTopicThatCannotBeIsRefusedForItsReason() {
        assertThatThrownBy(() -> create(new NewTopic("a b", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
        assertThatThrownBy(() -> create(new NewTopic("none", 0, (short) 1))).isInstanceOf(InvalidPartitionsException.class);
        assertThatThrownBy(() -> create(new NewTopic("three", 1, (short) 3))).isInstanceOf(InvalidReplicationFactorException.class);
        assertThatThrownBy(() -> create(new NewTopic("shrunk", 1, (short) 1).configs(Map.of("cleanup.policy", "shrink"))))
            .isInstanceOf(InvalidConfigurationException.class).hasMessageContaining("cleanup.policy");
        assertThatThrownBy(() -> create(new NewTopic("odd", 1, (short) 1).configs(Map.of("no.such.config", "1"))))
            .isInstanceOf(InvalidConfigurationException.class).hasMessageContaining("no.such.config");
        get(admin.createTopics(List.of(new NewTopic("only-tried", 2, (short) 1)), new CreateTopicsOptions().validateOnly(true)).all());
        assertThat(get(admin.listTopics().names())).doesNotContain("only-tried", "none", "three", "shrunk", "odd");
    }

    @Test
    @DiffersFromKafka("a name that begins with __ is as good as any other")
    void aNameOfTheBrokersTablesIsRefused() {
        assertThatThrownBy(() -> create(new NewTopic("__mine", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
    }

    @Test
    @DiffersFromKafka("flush.ms is enforced, so a topic may have it")
    void aTopicWithAConfigThatIsNotEnforcedIsNotMade() {
        assertThatThrownBy(() -> create(new NewTopic("flushed", 1, (short) 1).configs(Map.of("flush.ms", "1"))))
            .isInstanceOf(InvalidConfigurationException.class).hasMessageContaining("flush.ms");
        assertThat(get(admin.listTopics().names())).doesNotContain("flushed");
    }

    private static void create(NewTopic topic) {
        get(admin.createTopics(List.of(topic)).all());
        KafkaFixture.sees(admin, topic.name());
    }

    @Test
    void partitionsAreAddedAndNeverTaken() {
        fixture.createTopic("growing", 1);
        get(admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(4))).all());
        seen(() ->
            assertThat(get(admin.describeTopics(List.of("growing")).allTopicNames()).get("growing").partitions()).hasSize(4));
        assertThatThrownBy(() -> get(admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(2))).all()))
            .isInstanceOf(InvalidPartitionsException.class);
    }

    @Test
    @OwnBroker("the core's configuration")
    void configsAreWhatTheCoreEnforces() {
        create(new NewTopic("enforced", 1, (short) 1).configs(Map.of("retention.ms", "60000", "segment.ms", "3600000")));
        set("enforced", "max.message.bytes", "5000");
        TopicConfig stored = fixture.broker().broker().topics().find(TopicName.of("enforced")).config();
        assertThat(stored.retention().maxAgeMs()).isEqualTo(60_000);
        assertThat(stored.segmentMs()).isEqualTo(3_600_000);
        assertThat(stored.maxBatchBytes()).isEqualTo(5000);
    }

    @Test
    void whatSetsTopicsUpMayNameKafkasDefaults() {
        Map<String, String> defaults = Map.of("min.insync.replicas", "1", "unclean.leader.election.enable", "false", "preallocate", "false",
            "segment.jitter.ms", "0", "max.compaction.lag.ms", "9223372036854775807", "flush.ms", "9223372036854775807",
            "flush.messages", "9223372036854775807", "compression.type", "producer", "segment.ms", "604800000");
        create(new NewTopic("provisioned", Optional.empty(), Optional.of((short) -1)).configs(defaults));
        Config described = configs(topic("provisioned"));
        defaults.forEach((name, value) -> assertThat(described.get(name).value()).as(name).isEqualTo(value));
    }

    @Test
    void configsAreDescribedWithWhereTheyComeFrom() {
        create(new NewTopic("configured", 1, (short) 1).configs(Map.of("retention.ms", "60000", "min.insync.replicas", "1")));
        set("configured", "max.message.bytes", "5000");
        seen(() -> assertThat(configs(topic("configured")).get("max.message.bytes").value()).isEqualTo("5000"));
        Config configs = configs(topic("configured"));
        assertThat(configs.get("retention.ms").value()).isEqualTo("60000");
        assertThat(configs.get("retention.ms").source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(configs.get("max.message.bytes").synonyms()).extracting(ConfigEntry.ConfigSynonym::name)
            .containsExactly("max.message.bytes", "message.max.bytes");
        assertThat(configs.get("retention.ms").documentation()).isNotEmpty();
        assertThat(configs.get("retention.bytes").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        get(admin.incrementalAlterConfigs(Map.of(topic("configured"),
            List.of(new AlterConfigOp(new ConfigEntry("retention.ms", null), OpType.DELETE)))).all());
        seen(() -> assertThat(configs(topic("configured")).get("retention.ms").isDefault()).isTrue());
    }

    @Test
    @DiffersFromKafka("log.retention.ms and its like have no value of their own, and are no synonyms")
    void theBrokersRetentionIsASynonym() {
        create(new NewTopic("synonymous", 1, (short) 1).configs(Map.of("retention.ms", "60000")));
        assertThat(configs(topic("synonymous")).get("retention.ms").synonyms()).hasSize(2);
    }

    @Test
    @DiffersFromKafka("compression.type can be set")
    void aConfigWithOneValueIsReadOnly() {
        fixture.createTopic("fixed", 1);
        assertThat(configs(topic("fixed")).get("compression.type").isReadOnly()).isTrue();
    }

    @Test
    @DiffersFromKafka("flush.messages is enforced, and can be set")
    void aConfigThatIsNotEnforcedIsRefused() {
        fixture.createTopic("unflushed", 1);
        assertThatThrownBy(() -> set("unflushed", "flush.messages", "1")).isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void aConfigThatCannotBeIsRefusedAndNotStored() {
        fixture.createTopic("strict", 1);
        assertThatThrownBy(() -> set("strict", "no.such.config", "1")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("strict", "cleanup.policy", "compact,shrink")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("strict", "retention.ms", "soon")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("strict", "retention.ms", "-2")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("strict", "segment.ms", "0")).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("nowhere", "retention.ms", "1")).isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(configs(topic("strict")).entries()).noneMatch(config -> config.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG);
    }

    @Test
    @OwnBroker("a topic of another protocol")
    void aTopicOfAnAmqpDeclarationShowsThatItIsKeptUntilConsumed() {
        TopicConfig config = TopicConfig.ofPartitions(1).withRetention(Retention.UNTIL_CONSUMED);
        fixture.broker().broker().topics().create(TopicName.of("exchange"), config).toCompletableFuture().join();
        assertThat(configs(topic("exchange")).get("tributary.retention").value()).isEqualTo("until-consumed");
        assertThatThrownBy(() -> set("exchange", "retention.ms", "1000")).isInstanceOf(InvalidConfigurationException.class);
        set("exchange", "tributary.retention", "time-and-size");
        set("exchange", "retention.ms", "1000");
        assertThat(configs(topic("exchange")).get("retention.ms").value()).isEqualTo("1000");
    }

    private static ConfigResource broker() {
        return new ConfigResource(ConfigResource.Type.BROKER, get(admin.describeCluster().nodes()).iterator().next().idString());
    }

    @Test
    void theBrokersSettingsAreShown() {
        Config configs = configs(broker());
        assertThat(configs.get("socket.request.max.bytes").value()).isEqualTo(Integer.toString(100 << 20));
        assertThat(configs.get("offsets.topic.num.partitions").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
    }

    @Test
    @DiffersFromKafka("some of a broker's settings can be altered while it runs")
    void theBrokersSettingsCannotBeAltered() {
        assertThatThrownBy(() -> get(admin.incrementalAlterConfigs(Map.of(broker(),
            List.of(new AlterConfigOp(new ConfigEntry("log.retention.ms", "1"), OpType.SET))),
            new AlterConfigsOptions().validateOnly(true)).all()))
            .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void whatIsNotSetCanBeDeleted() {
        fixture.createTopic("unthrottled", 1);
        Map<ConfigResource, Collection<AlterConfigOp>> deletes = new HashMap<>();
        deletes.put(broker(), List.of(new AlterConfigOp(new ConfigEntry("leader.replication.throttled.rate", null), OpType.DELETE)));
        deletes.put(topic("unthrottled"),
            List.of(new AlterConfigOp(new ConfigEntry("leader.replication.throttled.replicas", null), OpType.DELETE)));
        get(admin.incrementalAlterConfigs(deletes).all());
        assertThat(configs(topic("unthrottled")).entries()).noneMatch(config -> config.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG);
    }

    @Test
    @OwnBroker("the core's names of cluster and node")
    void clusterAndNodeAreThoseOfTheCore() {
        DescribeClusterResult cluster = admin.describeCluster();
        assertThat(get(cluster.clusterId())).isEqualTo(fixture.broker().broker().clusterId());
        assertThat(get(cluster.controller()).id()).isEqualTo(fixture.broker().broker().nodeId());
    }

    @Test
    void theClusterIsThisNode() {
        DescribeClusterResult cluster = admin.describeCluster();
        assertThat(get(cluster.clusterId())).isNotBlank();
        assertThat(get(cluster.nodes())).singleElement().satisfies(node -> {
            assertThat(node.host()).isEqualTo("127.0.0.1");
            assertThat(node.port()).isEqualTo(fixture.port());
        });
        assertThat(get(cluster.nodes())).contains(get(cluster.controller()));
    }

    @Test
    void recordsAreDeletedUpToAnOffset() {
        fixture.createTopic("shortened", 1);
        TopicPartition partition = new TopicPartition("shortened", 0);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        for (int i = 0; i < 10; i++) {
            get(producer.send(new ProducerRecord<>("shortened", "k", "v" + i)));
        }
        assertThat(get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).all())).isNull();
        assertThat(get(admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).all()).get(partition).offset()).isEqualTo(4);
        assertThatThrownBy(() -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99))).all()))
            .isInstanceOf(OffsetOutOfRangeException.class);
        get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1))).all());
        assertThat(get(admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).all()).get(partition).offset()).isEqualTo(10);
    }

    @Test
    @OwnBroker("a table of the core")
    void theTablesOfTheCoreAreNotSeen() {
        fixture.broker().broker().stateTable("hidden").toCompletableFuture().join()
            .put("k", new byte[1]).toCompletableFuture().join();
        assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names())).doesNotContain("__hidden");
    }

    @Test
    void committedOffsetsAreSeenAndNotWritten() {
        get(admin.listConsumerGroupOffsets("any").all());
        Set<String> names = get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        assertThat(names).contains("__consumer_offsets");
        assertThat(get(admin.listTopics().names())).doesNotContain("__consumer_offsets");
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>("__consumer_offsets", 0, "k", "v"))))
            .isInstanceOf(InvalidTopicException.class);
    }

    @Test
    @OwnBroker("its own internal topics, which Kafka lets an administrator delete")
    void committedOffsetsAreNotDeleted() {
        get(admin.listConsumerGroupOffsets("any").all());
        assertThatThrownBy(() -> get(admin.deleteTopics(List.of("__consumer_offsets")).all())).isInstanceOf(InvalidTopicException.class);
    }
}
