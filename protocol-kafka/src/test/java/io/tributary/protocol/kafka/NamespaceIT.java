package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.model.Namespace;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two namespaces on one server, each with administrators and users of its own: neither has a way to see what is in the other. */
@OwnBroker("namespaces, which Kafka does not have")
class NamespaceIT {
    private static final Map<String, Object> ADMIN = KafkaFixture.login("PLAIN", "admin", "admin-secret");
    private static final Map<String, Object> ACME_ADMIN = KafkaFixture.login("PLAIN", "acme-admin", "admin-secret");
    private static final Map<String, Object> WILE = KafkaFixture.login("SCRAM-SHA-256", "wile", "coyote");
    private static KafkaFixture fixture;
    private static Admin admin;
    private static Admin acme;

    @BeforeAll
    static void start() {
        fixture = KafkaFixture.secured(KafkaFixture.CONFIG, Map.of("acme-admin", new Namespace("acme")));
        admin = fixture.admin(ADMIN);
        acme = fixture.admin(ACME_ADMIN);
        get(acme.alterUserScramCredentials(List.of(credential("wile", "coyote"))).all());
        get(acme.createAcls(List.of(allow(ResourceType.TOPIC), allow(ResourceType.GROUP), allow(ResourceType.TRANSACTIONAL_ID))).all());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static UserScramCredentialUpsertion credential(String user, String password) {
        return new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password);
    }

    private static AclBinding allow(ResourceType type) {
        return new AclBinding(new ResourcePattern(type, "*", PatternType.LITERAL),
            new AccessControlEntry("User:wile", "*", AclOperation.ALL, AclPermissionType.ALLOW));
    }

    private static void make(Admin maker, String topic) {
        get(maker.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());
    }

    private static void send(Map<String, Object> login, String topic, String value) {
        get(fixture.producer(login).send(new ProducerRecord<>(topic, "k", value)));
    }

    private static List<String> read(Map<String, Object> login, String topic) {
        Consumer<String, String> consumer = fixture.consumer(login);
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        return KafkaFixture.poll(consumer, 1).stream().map(ConsumerRecord::value).toList();
    }

    private static Set<String> topics(Admin asker) {
        return get(asker.listTopics(new ListTopicsOptions().listInternal(true)).names());
    }

    @Test
    void aTopicOfOneNameIsAnotherInEachNamespace() {
        make(admin, "plans");
        make(acme, "plans");
        make(acme, "anvils");
        send(ADMIN, "plans", "ours");
        send(WILE, "plans", "theirs");
        assertThat(read(ADMIN, "plans")).containsExactly("ours");
        assertThat(read(WILE, "plans")).containsExactly("theirs");
        assertThat(topics(admin)).contains("plans").doesNotContain("anvils");
        assertThat(topics(fixture.admin(WILE))).contains("plans", "anvils");
        assertThat(KafkaFixture.topicId(admin, "plans"))
            .isNotEqualTo(KafkaFixture.topicId(acme, "plans"));
    }

    @Test
    void aUserIsSeenAndChangedWhereItWasMade() {
        assertThat(get(acme.describeUserScramCredentials().all())).containsOnlyKeys("wile");
        assertThat(get(admin.describeUserScramCredentials().all())).doesNotContainKey("wile");
        assertThatThrownBy(() -> get(admin.describeUserScramCredentials(List.of("wile")).description("wile")))
            .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> get(admin.alterUserScramCredentials(List.of(credential("wile", "mine now"))).all()))
            .isInstanceOf(InvalidRequestException.class).hasMessageContaining("taken");
        assertThatThrownBy(() -> get(admin.alterUserScramCredentials(
            List.of(new UserScramCredentialDeletion("wile", ScramMechanism.SCRAM_SHA_256))).all()))
            .isInstanceOf(ResourceNotFoundException.class);
        assertThat(topics(fixture.admin(WILE))).as("the password is the old one").isNotNull();
    }

    @Test
    void rulesHoldInTheirNamespaceOnly() {
        assertThat(get(admin.describeAcls(AclBindingFilter.ANY).values())).isEmpty();
        assertThat(get(acme.describeAcls(AclBindingFilter.ANY).values())).hasSize(3);
        get(admin.alterUserScramCredentials(List.of(credential("bugs", "bunny"))).all());
        make(admin, "carrots");
        get(acme.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, "carrots", PatternType.LITERAL),
            new AccessControlEntry("User:bugs", "*", AclOperation.ALL, AclPermissionType.ALLOW)))).all());
        assertThatThrownBy(() -> send(KafkaFixture.login("SCRAM-SHA-256", "bugs", "bunny"), "carrots", "x"))
            .isInstanceOf(TopicAuthorizationException.class);
        assertThat(get(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all())).isEmpty();
        assertThat(get(acme.describeAcls(AclBindingFilter.ANY).values())).hasSize(4);
        get(acme.deleteAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, "carrots", PatternType.LITERAL),
            new AccessControlEntry("User:bugs", "*", AclOperation.ALL, AclPermissionType.ALLOW)).toFilter())).all());
    }

    private static Map<String, Object> with(Map<String, Object> login, String setting, String value) {
        Map<String, Object> all = new HashMap<>(login);
        all.put(setting, value);
        return all;
    }

    private static void commit(Map<String, Object> login, String topic, long offset) {
        Consumer<String, String> consumer = fixture.consumer(with(login, "group.id", "shared-name"));
        consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)));
    }

    private static long committed(Admin asker, String topic) {
        return Objects.requireNonNull(get(asker.listConsumerGroupOffsets("shared-name").partitionsToOffsetAndMetadata())
            .get(new TopicPartition(topic, 0))).offset();
    }

    private static Collection<String> groups(Admin asker) {
        return get(asker.listGroups().all()).stream().map(GroupListing::groupId).toList();
    }

    @Test
    void groupsAndTheirOffsetsAreTheNamespacesOwn() {
        make(admin, "read");
        make(acme, "read");
        commit(ADMIN, "read", 3);
        commit(WILE, "read", 7);
        assertThat(committed(admin, "read")).isEqualTo(3);
        assertThat(committed(acme, "read")).isEqualTo(7);
        get(acme.deleteConsumerGroups(List.of("shared-name")).all());
        assertThat(groups(acme)).doesNotContain("shared-name");
        assertThat(groups(admin)).contains("shared-name");
        assertThat(KafkaFixture.topicId(admin, "__consumer_offsets"))
            .isNotEqualTo(KafkaFixture.topicId(acme, "__consumer_offsets"));
    }

    @Test
    void transactionsAreTheNamespacesOwn() {
        make(acme, "ledger");
        KafkaProducer<String, String> producer = fixture.producer(with(WILE, "transactional.id", "acme-only"));
        producer.initTransactions();
        producer.beginTransaction();
        get(producer.send(new ProducerRecord<>("ledger", "k", "v")));
        assertThat(transactions(acme)).contains("acme-only");
        assertThat(transactions(admin)).doesNotContain("acme-only");
        producer.commitTransaction();
    }

    private static Collection<String> transactions(Admin asker) {
        return get(asker.listTransactions().all()).stream().map(TransactionListing::transactionalId).toList();
    }

    @Test
    void quotasAreTheNamespacesOwn() {
        ClientQuotaEntity everybody = new ClientQuotaEntity(Collections.singletonMap(ClientQuotaEntity.USER, null));
        get(acme.alterClientQuotas(List.of(new ClientQuotaAlteration(everybody,
            List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1_000_000_000.0))))).all());
        assertThat(get(acme.describeClientQuotas(ClientQuotaFilter.all()).entities())).containsOnlyKeys(everybody);
        assertThat(get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities())).isEmpty();
    }

    @Test
    void groupsAndUsersAreWhereTheyWereAfterARestart() {
        make(acme, "kept");
        commitIn("kept-group", "kept");
        fixture.broker().restart();
        await().atMost(KafkaFixture.PATIENCE).ignoreExceptions().untilAsserted(() ->
            assertThat(groups(acme)).contains("kept-group"));
        assertThat(groups(admin)).doesNotContain("kept-group");
        assertThat(topics(fixture.admin(WILE))).contains("kept");
        assertThat(Optional.ofNullable(get(acme.describeUserScramCredentials().all()).get("wile"))).isPresent();
    }

    private static void commitIn(String group, String topic) {
        Consumer<String, String> consumer = fixture.consumer(with(WILE, "group.id", group));
        consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)));
    }
}
