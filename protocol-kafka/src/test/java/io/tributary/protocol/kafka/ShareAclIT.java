package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What ACLs let members and administrators of share groups do (KIP-932, "Security"). */
@NullUnmarked // what the clients give is there, or the test fails
@OwnBroker("users")
class ShareAclIT {
    private static final Map<String, Object> ROOT = KafkaFixture.login("PLAIN", "admin", "admin-secret");
    private static final Map<String, Object> ALICE = KafkaFixture.login("SCRAM-SHA-512", "alice", "alice-secret");
    private static KafkaFixture fixture;
    private static Admin root;
    private static Admin alice;
    /** Of the group, and of its topic. */
    private String name;

    @BeforeAll
    static void start() {
        fixture = KafkaFixture.secured(ShareGroupIT.CONFIG);
        root = fixture.admin(ROOT);
        get(root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("alice",
            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "alice-secret"))).all());
        alice = fixture.admin(ALICE);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    /** A topic of three records, and a group that begins at its beginning. */
    @BeforeEach
    void fill(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        get(root.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all());
        get(root.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, name),
            List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET)))).all());
        var producer = fixture.producer(ROOT);
        for (int i = 0; i < 3; i++) {
            get(producer.send(new ProducerRecord<>(name, "v" + i)));
        }
    }

    @AfterEach
    void removeAcls() {
        get(root.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    private static AclBinding allow(ResourceType type, String resource, AclOperation operation) {
        return new AclBinding(new ResourcePattern(type, resource, PatternType.LITERAL),
            new AccessControlEntry("User:alice", "*", operation, AclPermissionType.ALLOW));
    }

    private void grant(ResourceType type, AclOperation operation) {
        get(root.createAcls(List.of(allow(type, name, operation))).all());
    }

    private KafkaShareConsumer<String, String> member(Map<String, Object> who) {
        Map<String, Object> settings = new HashMap<>(who);
        settings.put("share.acknowledgement.mode", "explicit");
        return ShareGroupIT.member(fixture, name, name, settings);
    }

    /** What polling comes to, in the end. */
    private static void pollUntilRefused(KafkaShareConsumer<String, String> member) {
        await().atMost(KafkaFixture.PATIENCE).until(() -> !member.poll(Duration.ofMillis(200)).isEmpty());
    }

    private TopicPartition partition() {
        return new TopicPartition(name, 0);
    }

    private Map<TopicPartition, SharePartitionOffsetInfo> offsets(Admin admin) {
        return get(admin.listShareGroupOffsets(Map.of(name, new ListShareGroupOffsetsSpec())).all()).get(name);
    }

    /** The group has been used, and has no members. */
    private void use() {
        try (KafkaShareConsumer<String, String> member = member(ROOT)) {
            ShareGroupIT.poll(member, 3, AcknowledgeType.ACCEPT);
        }
        await().atMost(KafkaFixture.PATIENCE).until(() -> get(root.describeShareGroups(List.of(name)).all()).get(name).members().isEmpty());
    }

    @Test
    void aMemberMustBeAllowedToReadTheGroup() {
        grant(ResourceType.TOPIC, AclOperation.READ);
        KafkaShareConsumer<String, String> member = member(ALICE);
        assertThatExceptionOfType(GroupAuthorizationException.class).isThrownBy(() -> pollUntilRefused(member));
    }

    @Test
    void aMemberMustBeAllowedToSeeItsTopics() {
        grant(ResourceType.GROUP, AclOperation.READ);
        KafkaShareConsumer<String, String> member = member(ALICE);
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> pollUntilRefused(member));
    }

    @Test
    void aMemberMustBeAllowedToReadItsTopics() {
        grant(ResourceType.GROUP, AclOperation.READ);
        grant(ResourceType.TOPIC, AclOperation.DESCRIBE);
        KafkaShareConsumer<String, String> member = member(ALICE);
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> pollUntilRefused(member));
    }

    @Test
    void aMemberThatMayReadBothGetsRecordsAndAcknowledgesThem() {
        grant(ResourceType.GROUP, AclOperation.READ);
        grant(ResourceType.TOPIC, AclOperation.READ);
        KafkaShareConsumer<String, String> member = member(ALICE);
        assertThat(ShareGroupIT.poll(member, 3, AcknowledgeType.ACCEPT)).hasSize(3);
        await().atMost(KafkaFixture.PATIENCE).until(() -> offsets(root).get(partition()).lag().orElse(-1L) == 0);
    }

    @Test
    void nobodyAcknowledgesWhatHeMayNotReadAnyMore() {
        grant(ResourceType.GROUP, AclOperation.READ);
        grant(ResourceType.TOPIC, AclOperation.READ);
        KafkaShareConsumer<String, String> member = member(ALICE);
        List<ConsumerRecord<String, String>> held = new ArrayList<>(ShareGroupIT.poll(member, 3));
        get(root.deleteAcls(List.of(allow(ResourceType.TOPIC, name, AclOperation.READ).toFilter())).all());
        held.forEach(record -> member.acknowledge(record, AcknowledgeType.ACCEPT));
        assertThat(member.commitSync().values()).hasSize(1).allSatisfy(outcome ->
            assertThat(outcome).containsInstanceOf(TopicAuthorizationException.class));
        assertThat(offsets(root).get(partition()).lag()).hasValue(3L);
    }

    @Test
    void whoDescribesAGroupMustBeAllowedToDescribeItAndItsTopics() {
        try (KafkaShareConsumer<String, String> member = member(ROOT)) {
            ShareGroupIT.poll(member, 3, AcknowledgeType.ACCEPT);
            assertThatExceptionOfType(GroupAuthorizationException.class)
                .isThrownBy(() -> get(alice.describeShareGroups(List.of(name)).all()));
            grant(ResourceType.GROUP, AclOperation.DESCRIBE);
            assertThatExceptionOfType(TopicAuthorizationException.class)
                .isThrownBy(() -> get(alice.describeShareGroups(List.of(name)).all()));
            grant(ResourceType.TOPIC, AclOperation.DESCRIBE);
            assertThat(get(alice.describeShareGroups(List.of(name)).all()).get(name).members()).hasSize(1);
        }
    }

    @Test
    void whoListsOffsetsMustBeAllowedToDescribeTheGroupAndSeesTheTopicsThatHeMayDescribe() {
        use();
        assertThatExceptionOfType(GroupAuthorizationException.class).isThrownBy(() -> offsets(alice));
        grant(ResourceType.GROUP, AclOperation.DESCRIBE);
        assertThat(offsets(alice)).isEmpty();
        grant(ResourceType.TOPIC, AclOperation.DESCRIBE);
        assertThat(offsets(alice)).containsOnlyKeys(partition());
    }

    @Test
    void whoResetsOffsetsMustBeAllowedToReadGroupAndTopic() {
        use();
        Map<TopicPartition, Long> beginning = Map.of(partition(), 0L);
        assertThatExceptionOfType(GroupAuthorizationException.class)
            .isThrownBy(() -> get(alice.alterShareGroupOffsets(name, beginning).all()));
        grant(ResourceType.GROUP, AclOperation.READ);
        assertThatExceptionOfType(TopicAuthorizationException.class)
            .isThrownBy(() -> get(alice.alterShareGroupOffsets(name, beginning).all()));
        assertThat(offsets(root).get(partition()).lag()).hasValue(0L);
        grant(ResourceType.TOPIC, AclOperation.READ);
        get(alice.alterShareGroupOffsets(name, beginning).all());
        await().atMost(KafkaFixture.PATIENCE).until(() -> offsets(root).get(partition()).lag().orElse(-1L) == 3);
    }

    @Test
    void whoForgetsOffsetsMustBeAllowedToDeleteTheGroupAndToReadTheTopic() {
        use();
        assertThatExceptionOfType(GroupAuthorizationException.class)
            .isThrownBy(() -> get(alice.deleteShareGroupOffsets(name, Set.of(name)).all()));
        grant(ResourceType.GROUP, AclOperation.DELETE);
        assertThatExceptionOfType(TopicAuthorizationException.class)
            .isThrownBy(() -> get(alice.deleteShareGroupOffsets(name, Set.of(name)).all()));
        assertThat(offsets(root)).containsOnlyKeys(partition());
        grant(ResourceType.TOPIC, AclOperation.READ);
        get(alice.deleteShareGroupOffsets(name, Set.of(name)).all());
        await().atMost(KafkaFixture.PATIENCE).until(() -> offsets(root).isEmpty());
    }

    @Test
    void whoDeletesAGroupMustBeAllowedToDeleteIt() {
        use();
        assertThatExceptionOfType(GroupAuthorizationException.class).isThrownBy(() -> get(alice.deleteShareGroups(List.of(name)).all()));
        grant(ResourceType.GROUP, AclOperation.DELETE);
        get(alice.deleteShareGroups(List.of(name)).all());
        assertThat(get(root.listGroups().all())).noneMatch(group -> group.groupId().equals(name));
    }
}
