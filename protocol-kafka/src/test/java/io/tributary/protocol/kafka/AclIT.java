package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ACLs and users by Kafka's Admin client, and what they let Kafka's clients do. */
@NullUnmarked // what the clients give is there, or the test fails
@OwnBroker("users")
class AclIT {
    private static final Map<String, Object> ROOT = KafkaFixture.login("PLAIN", "admin", "admin-secret");
    private static final Map<String, Object> ALICE = KafkaFixture.login("SCRAM-SHA-512", "alice", "alice-secret");
    private static KafkaFixture fixture;
    private static Admin root;
    private static Admin alice;

    @BeforeAll
    static void start() {
        fixture = KafkaFixture.secured(KafkaFixture.CONFIG);
        root = fixture.admin(ROOT);
        KafkaFixture.get(root.alterUserScramCredentials(List.of(user("alice", "alice-secret"))).all());
        alice = fixture.admin(ALICE);
        KafkaFixture.get(root.createTopics(List.of(new NewTopic("plans", 1, (short) 1), new NewTopic("plans-secret", 1, (short) 1),
            new NewTopic("news", 1, (short) 1))).all());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @AfterEach
    void removeAcls() {
        KafkaFixture.get(root.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    private static UserScramCredentialAlteration user(String name, String password) {
        return new UserScramCredentialUpsertion(name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password);
    }

    private static AclBinding rule(ResourceType type, String name, PatternType pattern, AclOperation operation,
                                   AclPermissionType permission) {
        return new AclBinding(new ResourcePattern(type, name, pattern), new AccessControlEntry("User:alice", "*", operation, permission));
    }

    private static AclBinding allow(ResourceType type, String name, AclOperation operation) {
        return rule(type, name, PatternType.LITERAL, operation, AclPermissionType.ALLOW);
    }

    private static void grant(AclBinding... rules) {
        KafkaFixture.get(root.createAcls(List.of(rules)).all());
    }

    /** Without idempotence, for which a right of its own is asked, so that it is not clear which refusal comes first. */
    private static void produce(String topic) {
        Map<String, Object> settings = new HashMap<>(ALICE);
        settings.put("enable.idempotence", "false");
        try (KafkaProducer<String, String> producer = fixture.producer(settings)) {
            KafkaFixture.get(producer.send(new ProducerRecord<>(topic, "v")));
        }
    }

    private static int consume(String topic, String group) {
        Map<String, Object> settings = new HashMap<>(ALICE);
        settings.put("group.id", group);
        try (KafkaConsumer<String, String> consumer = fixture.consumer(settings)) {
            consumer.subscribe(List.of(topic));
            int found = KafkaFixture.poll(consumer, 1).size();
            consumer.commitSync();
            return found;
        }
    }

    @Test
    void nobodyProducesWithoutARight() {
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> produce("plans"));
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.WRITE));
        produce("plans");
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> produce("news"));
        assertThatExceptionOfType(TopicAuthorizationException.class).as("nor makes a topic").isThrownBy(() -> produce("unheard-of"));
    }

    private static KafkaProducer<String, String> transactional(String id) {
        Map<String, Object> settings = new HashMap<>(ALICE);
        settings.put("transactional.id", id);
        KafkaProducer<String, String> producer = fixture.producer(settings);
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }

    @Test
    void aTransactionNeedsItsIdTheTopicAndTheGroup() {
        assertThatExceptionOfType(TransactionalIdAuthorizationException.class).isThrownBy(() -> transactional("alices"));
        grant(allow(ResourceType.TRANSACTIONAL_ID, "alices", AclOperation.WRITE));
        try (KafkaProducer<String, String> producer = transactional("alices")) {
            assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() ->
                KafkaFixture.get(producer.send(new ProducerRecord<>("plans", "v"))));
        }
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.WRITE), allow(ResourceType.TOPIC, "plans", AclOperation.READ));
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(new TopicPartition("plans", 0), new OffsetAndMetadata(1));
        Map<String, Object> member = new HashMap<>(ALICE);
        member.put("group.id", "workers");
        try (KafkaProducer<String, String> producer = transactional("alices");
             KafkaConsumer<String, String> consumer = fixture.consumer(member)) {
            KafkaFixture.get(producer.send(new ProducerRecord<>("plans", "v")));
            assertThatExceptionOfType(GroupAuthorizationException.class).isThrownBy(() ->
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata()));
            producer.abortTransaction();
            grant(allow(ResourceType.GROUP, "workers", AclOperation.READ));
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
            producer.commitTransaction();
        }
        assertThat(KafkaFixture.get(alice.listTransactions().all())).extracting(TransactionListing::transactionalId)
            .containsExactly("alices");
        assertThatExceptionOfType(ClusterAuthorizationException.class).isThrownBy(() -> KafkaFixture.get(
            alice.abortTransaction(new AbortTransactionSpec(new TopicPartition("plans", 0), 1, (short) 0, 0)).all()));
        removeAcls();
        assertThat(KafkaFixture.get(alice.listTransactions().all())).isEmpty();
    }

    @Test
    void aConsumerNeedsTheTopicAndTheGroup() {
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.WRITE));
        produce("plans");
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.READ));
        assertThatExceptionOfType(GroupAuthorizationException.class).isThrownBy(() -> consume("plans", "readers"));
        grant(allow(ResourceType.GROUP, "readers", AclOperation.READ));
        assertThat(consume("plans", "readers")).isGreaterThanOrEqualTo(1);
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> consume("news", "readers"));
    }

    @Test
    void aPrefixIsEnoughAndADenialIsMore() {
        grant(rule(ResourceType.TOPIC, "plans", PatternType.PREFIXED, AclOperation.ALL, AclPermissionType.ALLOW));
        produce("plans");
        produce("plans-secret");
        produce("plans-of-alices-own");
        grant(rule(ResourceType.TOPIC, "plans-secret", PatternType.LITERAL, AclOperation.WRITE, AclPermissionType.DENY));
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> produce("plans-secret"));
        produce("plans");
    }

    @Test
    void whoMayWriteToSomeTopicMayWriteIdempotently() {
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.WRITE));
        try (KafkaProducer<String, String> producer = fixture.producer(ALICE)) {
            KafkaFixture.get(producer.send(new ProducerRecord<>("plans", "v")));
        }
    }

    @Test
    void aTransactionalProducerNeedsItsIdentifier() {
        Map<String, Object> settings = new HashMap<>(ALICE);
        settings.put("transactional.id", "payments-1");
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.WRITE));
        try (KafkaProducer<String, String> producer = fixture.producer(settings)) {
            assertThatExceptionOfType(TransactionalIdAuthorizationException.class).isThrownBy(producer::initTransactions);
        }
        grant(rule(ResourceType.TRANSACTIONAL_ID, "payments-", PatternType.PREFIXED, AclOperation.WRITE, AclPermissionType.ALLOW));
        try (KafkaProducer<String, String> producer = fixture.producer(settings)) {
            producer.initTransactions();
            producer.beginTransaction();
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("plans", "v"));
            producer.commitTransaction();
            assertThat(KafkaFixture.get(sent).hasOffset()).isTrue();
        }
    }

    @Test
    void topicsThatMayNotBeDescribedAreNotSeen() {
        grant(allow(ResourceType.TOPIC, "news", AclOperation.DESCRIBE));
        assertThat(KafkaFixture.get(alice.listTopics().names())).containsExactly("news");
        assertThat(KafkaFixture.get(root.listTopics().names())).contains("news", "plans", "plans-secret");
        assertThatExceptionOfType(TopicAuthorizationException.class)
            .isThrownBy(() -> KafkaFixture.get(alice.describeTopics(List.of("plans")).allTopicNames()));
    }

    @Test
    void whatMayBeDoneIsTold() {
        grant(allow(ResourceType.TOPIC, "news", AclOperation.READ),
            allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER_CONFIGS));
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        assertThat(KafkaFixture.get(alice.describeTopics(List.of("news"), options).allTopicNames()).get("news").authorizedOperations())
            .containsExactlyInAnyOrder(AclOperation.READ, AclOperation.DESCRIBE);
        assertThat(KafkaFixture.get(root.describeTopics(List.of("news"), options).allTopicNames()).get("news").authorizedOperations())
            .containsExactlyInAnyOrder(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DELETE, AclOperation.ALTER,
                AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS);
        DescribeClusterOptions cluster = new DescribeClusterOptions().includeAuthorizedOperations(true);
        assertThat(KafkaFixture.get(alice.describeCluster(cluster).authorizedOperations())).as("without DESCRIBE").isEmpty();
        grant(allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.DESCRIBE));
        assertThat(KafkaFixture.get(alice.describeCluster(cluster).authorizedOperations()))
            .containsExactlyInAnyOrder(AclOperation.DESCRIBE, AclOperation.ALTER_CONFIGS, AclOperation.DESCRIBE_CONFIGS);
    }

    @Test
    void theAdministrationOfTopicsNeedsItsOwnRights() {
        ConfigResource config = new ConfigResource(ConfigResource.Type.TOPIC, "alices");
        List<AlterConfigOp> change = List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET));
        List<Runnable> steps = List.of(
            () -> KafkaFixture.get(alice.createTopics(List.of(new NewTopic("alices", 1, (short) 1))).all()),
            () -> KafkaFixture.get(alice.createPartitions(Map.of("alices", NewPartitions.increaseTo(2))).all()),
            () -> KafkaFixture.get(alice.describeConfigs(List.of(config)).all()),
            () -> KafkaFixture.get(alice.incrementalAlterConfigs(Map.of(config, change)).all()),
            () -> KafkaFixture.get(alice.deleteTopics(List.of("alices")).all()));
        List<AclOperation> rights = List.of(AclOperation.CREATE, AclOperation.ALTER, AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS, AclOperation.DELETE);
        for (int i = 0; i < steps.size(); i++) {
            assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(steps.get(i)::run);
            grant(allow(ResourceType.TOPIC, "alices", rights.get(i)));
            steps.get(i).run();
        }
    }

    @Test
    void theClusterIsForThoseWhoMayAlterIt() {
        List<Runnable> steps = List.of(
            () -> KafkaFixture.get(alice.createAcls(List.of(allow(ResourceType.TOPIC, "news", AclOperation.ALL))).all()),
            () -> KafkaFixture.get(alice.deleteAcls(List.of(AclBindingFilter.ANY)).all()),
            () -> KafkaFixture.get(alice.describeAcls(AclBindingFilter.ANY).values()),
            () -> KafkaFixture.get(alice.describeUserScramCredentials().all()),
            () -> KafkaFixture.get(alice.alterUserScramCredentials(List.of(user("mallory", "m"))).all()),
            () -> KafkaFixture.get(alice.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.BROKER, "0"))).all()));
        for (Runnable step : steps) {
            assertThatExceptionOfType(ClusterAuthorizationException.class).isThrownBy(step::run);
        }
        assertThat(KafkaFixture.get(root.describeUserScramCredentials().all())).containsOnlyKeys("alice");
        assertThat(KafkaFixture.get(root.describeAcls(AclBindingFilter.ANY).values())).isEmpty();
    }

    @Test
    void aclsAreDescribedAndDeletedByFilter() {
        AclBinding literal = allow(ResourceType.TOPIC, "plans", AclOperation.READ);
        AclBinding prefixed = rule(ResourceType.TOPIC, "plans", PatternType.PREFIXED, AclOperation.ALL, AclPermissionType.DENY);
        AclBinding group = new AclBinding(new ResourcePattern(ResourceType.GROUP, "*", PatternType.LITERAL),
            new AccessControlEntry("User:*", "127.0.0.1", AclOperation.READ, AclPermissionType.ALLOW));
        AclBinding cluster = allow(ResourceType.CLUSTER, "kafka-cluster", AclOperation.DESCRIBE);
        AclBinding transaction = allow(ResourceType.TRANSACTIONAL_ID, "tx", AclOperation.WRITE);
        grant(literal, prefixed, group, cluster, transaction);
        assertThat(KafkaFixture.get(root.describeAcls(AclBindingFilter.ANY).values()))
            .containsExactlyInAnyOrder(literal, prefixed, group, cluster, transaction);
        AclBindingFilter matching = new AclBindingFilter(new ResourcePatternFilter(ResourceType.TOPIC, "plans-b", PatternType.MATCH),
            AccessControlEntryFilter.ANY);
        assertThat(KafkaFixture.get(root.describeAcls(matching).values())).containsExactly(prefixed);
        AclBindingFilter named = new AclBindingFilter(new ResourcePatternFilter(ResourceType.TOPIC, "plans", PatternType.ANY),
            AccessControlEntryFilter.ANY);
        assertThat(new ArrayList<>(KafkaFixture.get(root.deleteAcls(List.of(named)).all()))).containsExactlyInAnyOrder(literal, prefixed);
        assertThat(KafkaFixture.get(root.describeAcls(AclBindingFilter.ANY).values()))
            .containsExactlyInAnyOrder(group, cluster, transaction);
    }

    @Test
    void rulesThatNothingWouldAskForAreRefused() {
        List<AclBinding> refused = List.of(
            new AclBinding(new ResourcePattern(ResourceType.TOPIC, "t", PatternType.LITERAL),
                new AccessControlEntry("Group:staff", "*", AclOperation.READ, AclPermissionType.ALLOW)),
            allow(ResourceType.CLUSTER, "other-cluster", AclOperation.ALTER),
            allow(ResourceType.DELEGATION_TOKEN, "t", AclOperation.DESCRIBE),
            new AclBinding(new ResourcePattern(ResourceType.TOPIC, "t", PatternType.LITERAL),
                new AccessControlEntry("alice", "*", AclOperation.READ, AclPermissionType.ALLOW)));
        for (AclBinding binding : refused) {
            assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> grant(binding));
        }
        assertThat(KafkaFixture.get(root.describeAcls(AclBindingFilter.ANY).values())).isEmpty();
    }

    @Test
    void aUserIsMadeAndUnmade() {
        Map<String, Object> bob = KafkaFixture.login("SCRAM-SHA-512", "bob", "bob-secret");
        KafkaFixture.get(root.alterUserScramCredentials(List.of(user("bob", "bob-secret"))).all());
        try (Admin admin = fixture.admin(bob)) {
            assertThat(KafkaFixture.get(admin.describeCluster().nodes())).hasSize(1);
        }
        assertThat(KafkaFixture.get(root.describeUserScramCredentials(List.of("bob")).description("bob")).credentialInfos())
            .containsExactly(new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096));
        UserScramCredentialDeletion deletion = new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_512);
        KafkaFixture.get(root.alterUserScramCredentials(List.of(deletion)).all());
        try (Admin admin = fixture.admin(bob)) {
            assertThatExceptionOfType(SaslAuthenticationException.class)
                .isThrownBy(() -> KafkaFixture.get(admin.describeCluster().nodes()));
        }
        assertThatExceptionOfType(ResourceNotFoundException.class)
            .isThrownBy(() -> KafkaFixture.get(root.alterUserScramCredentials(List.of(deletion)).all()));
        assertThatExceptionOfType(ResourceNotFoundException.class)
            .isThrownBy(() -> KafkaFixture.get(root.describeUserScramCredentials(List.of("bob")).description("bob")));
        assertThatExceptionOfType(UnacceptableCredentialException.class).isThrownBy(() -> KafkaFixture.get(root.alterUserScramCredentials(
            List.of(new UserScramCredentialUpsertion("bob", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 100), "x"))).all()));
    }

    @Test
    void usersAndAclsAreThereAfterARestart() {
        try (KafkaFixture restarted = KafkaFixture.secured(KafkaFixture.CONFIG)) {
            Admin admin = restarted.admin(ROOT);
            KafkaFixture.get(admin.alterUserScramCredentials(List.of(user("alice", "alice-secret"))).all());
            KafkaFixture.get(admin.createAcls(List.of(allow(ResourceType.TOPIC, "plans", AclOperation.ALL))).all());
            restarted.broker().kill();
            try (KafkaProducer<String, String> producer = restarted.producer(ALICE)) {
                KafkaFixture.get(producer.send(new ProducerRecord<>("plans", "v")));
            }
            Admin again = restarted.admin(ROOT);
            assertThat(KafkaFixture.get(again.describeAcls(AclBindingFilter.ANY).values())).hasSize(1);
        }
    }

    @Test
    void aRevokedRightEndsARunningConsumer() {
        grant(allow(ResourceType.TOPIC, "plans", AclOperation.ALL), allow(ResourceType.GROUP, "running", AclOperation.READ));
        produce("plans");
        Map<String, Object> settings = new HashMap<>(ALICE);
        settings.put("group.id", "running");
        try (KafkaConsumer<String, String> consumer = fixture.consumer(settings)) {
            consumer.subscribe(Set.of("plans"));
            assertThat(KafkaFixture.poll(consumer, 1)).isNotEmpty();
            KafkaFixture.get(root.deleteAcls(List.of(new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.TOPIC, "plans", PatternType.LITERAL), AccessControlEntryFilter.ANY))).all());
            await().atMost(KafkaFixture.PATIENCE).until(() -> {
                try {
                    consumer.poll(Duration.ofMillis(100));
                    return false;
                } catch (TopicAuthorizationException revoked) {
                    return true;
                }
            });
        }
    }

    @Test
    void delegationTokensAreRefused() {
        assertThatExceptionOfType(DelegationTokenDisabledException.class)
            .isThrownBy(() -> KafkaFixture.get(root.createDelegationToken().delegationToken()));
        assertThatExceptionOfType(DelegationTokenDisabledException.class)
            .isThrownBy(() -> KafkaFixture.get(root.describeDelegationToken().delegationTokens()));
    }

    @Test
    void anOpenBrokerKeepsNoAclsThatItWouldNotAskFor() {
        try (KafkaFixture open = new KafkaFixture()) {
            Admin admin = open.admin();
            assertThatExceptionOfType(SecurityDisabledException.class).isThrownBy(
                () -> KafkaFixture.get(admin.createAcls(List.of(allow(ResourceType.TOPIC, "t", AclOperation.READ))).all()));
            assertThatExceptionOfType(SecurityDisabledException.class)
                .isThrownBy(() -> KafkaFixture.get(admin.describeAcls(AclBindingFilter.ANY).values()));
        }
    }
}
