package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What tools ask of nodes, replicas and elections, by Kafka's own Admin client. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class ClusterIT {
    private static final String TOPIC = "cluster";
    private static final TopicPartition THERE = new TopicPartition(TOPIC, 1);
    private static final TopicPartition NOT_THERE = new TopicPartition(TOPIC, 7);
    private static final int RECORDS = 5;
    private static KafkaFixture fixture;
    private static Admin admin;
    private static int node;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        admin = fixture.admin();
        fixture.createTopic(TOPIC, 2);
        node = get(admin.describeCluster().nodes()).iterator().next().id();
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        for (int i = 0; i < RECORDS; i++) {
            get(producer.send(new ProducerRecord<>(TOPIC, 1, null, "v" + i)));
        }
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    void tellsTheSizesOfPartitions() {
        Map<String, LogDirDescription> directories = get(admin.describeLogDirs(List.of(node)).allDescriptions()).get(node);
        assertThat(directories).hasSize(1);
        LogDirDescription directory = directories.values().iterator().next();
        assertThat(directory.error()).isNull();
        assertThat(directory.replicaInfos().get(THERE).size()).isPositive();
        assertThat(directory.replicaInfos().get(new TopicPartition(TOPIC, 0)).size()).isZero();
        assertThat(directory.replicaInfos()).doesNotContainKey(NOT_THERE);
    }

    @Test
    @OwnBroker("its directory")
    void theDirectoryHasAName() {
        assertThat(get(admin.describeLogDirs(List.of(node)).allDescriptions()).get(node)).containsOnlyKeys("segments");
    }

    @Test
    void movesNothingToAnotherDirectory() {
        TopicPartitionReplica replica = new TopicPartitionReplica(TOPIC, 1, node);
        String directory = get(admin.describeReplicaLogDirs(List.of(replica)).all()).get(replica).getCurrentReplicaLogDir();
        get(admin.alterReplicaLogDirs(Map.of(replica, directory)).all());
        assertThatThrownBy(() -> get(admin.alterReplicaLogDirs(Map.of(replica, "/elsewhere")).all()))
            .isInstanceOf(LogDirNotFoundException.class);
    }

    @Test
    void needsNoElection() {
        Map<TopicPartition, Optional<Throwable>> results =
            get(admin.electLeaders(ElectionType.PREFERRED, Set.of(THERE, NOT_THERE)).partitions());
        assertThat(results.get(THERE)).containsInstanceOf(ElectionNotNeededException.class);
        assertThat(results.get(NOT_THERE)).containsInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(get(admin.electLeaders(ElectionType.UNCLEAN, null).partitions())).isEmpty();
    }

    @Test
    void reassignsToTheNodeThatThereIs() {
        get(admin.alterPartitionReassignments(Map.of(THERE, Optional.of(new NewPartitionReassignment(List.of(node))))).all());
        assertThatThrownBy(() -> get(
            admin.alterPartitionReassignments(Map.of(THERE, Optional.of(new NewPartitionReassignment(List.of(node, node + 1))))).all()))
            .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThatThrownBy(() -> get(admin.alterPartitionReassignments(Map.of(THERE, Optional.empty())).all()))
            .isInstanceOf(NoReassignmentInProgressException.class);
        assertThatThrownBy(() -> get(admin.alterPartitionReassignments(Map.of(NOT_THERE, Optional.empty())).all()))
            .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(get(admin.listPartitionReassignments().reassignments())).isEmpty();
    }

    @Test
    void listsWhatHasConfigs() {
        assertThat(get(admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC, ConfigResource.Type.BROKER),
            new ListConfigResourcesOptions()).all()))
            .contains(new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node)));
        assertThat(get(admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions()).all()))
            .isEmpty();
    }

    @Test
    void theQuorumIsThisNode() {
        QuorumInfo quorum = get(admin.describeMetadataQuorum().quorumInfo());
        assertThat(quorum.leaderId()).isEqualTo(node);
        assertThat(quorum.voters()).singleElement().satisfies(voter -> assertThat(voter.replicaId()).isEqualTo(node));
        assertThat(quorum.observers()).isEmpty();
        assertThat(quorum.nodes()).containsOnlyKeys(node);
    }

    @Test
    void onlyTheMetadataHasAQuorum() throws IOException {
        try (RawKafka connection = new RawKafka(fixture.port())) {
            DescribeQuorumResponseData told = connection.ask(DescribeQuorumResponse.class, ApiKeys.DESCRIBE_QUORUM, 2,
                DescribeQuorumRequest.singletonRequest(THERE)).data();
            assertThat(Errors.forCode(told.topics().get(0).partitions().get(0).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    private static void setFeature(String name, int level, UpgradeType type, boolean validateOnly) {
        get(admin.updateFeatures(Map.of(name, new FeatureUpdate((short) level, type)),
            new UpdateFeaturesOptions().validateOnly(validateOnly)).all());
    }

    @Test
    void featuresAreAtTheLevelOfTheRelease() {
        FeatureMetadata features = get(admin.describeFeatures().featureMetadata());
        for (String name : List.of("transaction.version", "group.version", "share.version", "streams.version")) {
            short level = features.finalizedFeatures().get(name).maxVersionLevel();
            assertThat(features.supportedFeatures().get(name).maxVersion()).as(name).isGreaterThanOrEqualTo(level);
            setFeature(name, level, UpgradeType.UPGRADE, false);
            setFeature(name, level, UpgradeType.UPGRADE, true);
            assertThatThrownBy(() -> setFeature(name, 99, UpgradeType.UPGRADE, true)).isInstanceOf(InvalidUpdateVersionException.class);
            assertThatThrownBy(() -> setFeature(name, 99, UpgradeType.SAFE_DOWNGRADE, false))
                .isInstanceOf(InvalidUpdateVersionException.class);
        }
        assertThatThrownBy(() -> setFeature("transaction.version", 1, UpgradeType.UPGRADE, false))
            .isInstanceOf(InvalidUpdateVersionException.class).hasMessageContaining("downgrade");
        assertThatThrownBy(() -> setFeature("no.such.feature", 1, UpgradeType.UPGRADE, false))
            .isInstanceOf(InvalidUpdateVersionException.class).hasMessageContaining("no.such.feature");
        assertThat(get(admin.describeFeatures().featureMetadata()).finalizedFeatures()).isEqualTo(features.finalizedFeatures());
    }

    @Test
    @DiffersFromKafka("a feature can be set back to a lower level")
    void aFeatureIsNotSetBack() {
        assertThatThrownBy(() -> setFeature("transaction.version", 1, UpgradeType.SAFE_DOWNGRADE, true))
            .isInstanceOf(InvalidUpdateVersionException.class);
    }

    @Test
    void tellsWhereTheEpochEnds() throws IOException {
        assertThat(end(1, -1, 0)).satisfies(end -> {
            assertThat(Errors.forCode(end.errorCode())).isEqualTo(Errors.NONE);
            assertThat(end.leaderEpoch()).isZero();
            assertThat(end.endOffset()).isEqualTo(RECORDS);
        });
        assertThat(end(1, 0, 3).endOffset()).as("an epoch that never was").isEqualTo(OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH_OFFSET);
        assertThat(end(1, 3, 0).errorCode()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        assertThat(end(7, -1, 0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static EpochEndOffset end(int partition, int currentEpoch, int epoch) throws IOException {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics().add(new OffsetForLeaderTopic().setTopic(TOPIC).setPartitions(List.of(new OffsetForLeaderPartition()
            .setPartition(partition).setCurrentLeaderEpoch(currentEpoch).setLeaderEpoch(epoch))));
        try (RawKafka connection = new RawKafka(fixture.port())) {
            return connection.ask(OffsetsForLeaderEpochResponse.class, ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request).data().topics()
                .iterator().next().partitions().get(0);
        }
    }
}
