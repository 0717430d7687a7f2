package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.tributary.gateway.acceptance.client.Endpoints;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A user made with Kafka's Admin client is known to all protocols, and so is what it may do. */
class OneUserIT {
    private static final String ALICE = "alice";
    private static final String SECRET = "alice-secret";
    private static TributaryServer server;
    private static Endpoints at;
    private static Admin root;

    /** Lets somebody in, or fails. */
    private interface Door {
        boolean lets(String name, String password) throws Exception;
    }

    /** Publishes as alice; false if that is not allowed. */
    private interface Publishing {
        boolean works(String topic) throws Exception;
    }

    /** A protocol, and how one comes in and publishes by it. */
    @SuppressWarnings("ImmutableEnumChecker") // the methods that it names keep nothing
    private enum Way {
        KAFKA_PLAIN((name, password) -> kafka("PLAIN", name, password), OneUserIT::publishByKafka),
        KAFKA_SCRAM((name, password) -> kafka("SCRAM-SHA-256", name, password), OneUserIT::publishByKafka),
        AMQP(OneUserIT::amqp, OneUserIT::publishByAmqp),
        MQTT(OneUserIT::mqtt, OneUserIT::publishByMqtt),
        HTTP(OneUserIT::http, OneUserIT::publishByHttp);

        private final Door door;
        private final Publishing publishing;

        Way(Door door, Publishing publishing) {
            this.door = door;
            this.publishing = publishing;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = TributaryServer.start("--tributary.security.users.admin=admin-secret");
        at = server.endpoints();
        root = Admin.create(KafkaLogins.login(at.kafka(), "SCRAM-SHA-512", "admin", "admin-secret"));
        KafkaLogins.get(root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(ALICE,
            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), SECRET))).all());
    }

    @AfterAll
    static void stop() {
        root.close();
        server.close();
    }

    private static boolean kafka(String mechanism, String name, String password) throws Exception {
        try {
            return KafkaLogins.nodes(KafkaLogins.login(at.kafka(), mechanism, name, password)) == 1;
        } catch (SaslAuthenticationException refused) {
            return false;
        }
    }

    private static boolean publishByKafka(String topic) throws Exception {
        try {
            KafkaLogins.produce(KafkaLogins.login(at.kafka(), "SCRAM-SHA-256", ALICE, SECRET), topic);
            return true;
        } catch (TopicAuthorizationException refused) {
            return false;
        }
    }

    private static Connection amqpConnection(String name, String password) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(at.host());
        factory.setPort(at.amqp());
        factory.setUsername(name);
        factory.setPassword(password);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static boolean amqp(String name, String password) throws Exception {
        try (Connection connection = amqpConnection(name, password)) {
            return connection.isOpen();
        } catch (AuthenticationFailureException refused) {
            return false;
        }
    }

    private static boolean publishByAmqp(String topic) throws Exception {
        try (Connection connection = amqpConnection(ALICE, SECRET)) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.basicPublish(topic, "key", null, new byte[] {1});
            channel.waitForConfirmsOrDie();
            return true;
        } catch (ShutdownSignalException | IOException refused) {
            assertThat(refused).hasStackTraceContaining("ACCESS_REFUSED");
            return false;
        }
    }

    private static Mqtt5BlockingClient mqttClient(String name, String password) {
        return Mqtt5Client.builder().serverHost(at.host()).serverPort(at.mqtt()).simpleAuth().username(name)
            .password(password.getBytes(StandardCharsets.UTF_8)).applySimpleAuth().buildBlocking();
    }

    private static boolean mqtt(String name, String password) {
        Mqtt5BlockingClient client = mqttClient(name, password);
        try {
            client.connect();
            client.disconnect();
            return true;
        } catch (Mqtt5ConnAckException refused) {
            assertThat(refused.getMqttMessage().getReasonCode()).isIn(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD,
                Mqtt5ConnAckReasonCode.NOT_AUTHORIZED);
            return false;
        }
    }

    private static boolean publishByMqtt(String topic) {
        Mqtt5BlockingClient client = mqttClient(ALICE, SECRET);
        client.connect();
        try {
            client.publishWith().topic(topic + "/key").qos(MqttQos.AT_LEAST_ONCE).payload(new byte[] {1}).send();
            return true;
        } catch (Mqtt5PubAckException refused) {
            assertThat(refused.getMqttMessage().getReasonCode()).isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
            return false;
        } finally {
            client.disconnect();
        }
    }

    private static HttpRequest.Builder httpRequest(String path, String name, String password) {
        String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(at.uri(path)).header("Authorization", "Basic " + pair);
    }

    private static int status(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static boolean http(String name, String password) throws Exception {
        int status = status(httpRequest("/v1/topics", name, password).GET().build());
        assertThat(status).isIn(200, 401);
        return status == 200;
    }

    private static boolean publishByHttp(String topic) throws Exception {
        int status = status(httpRequest("/v1/topics/" + topic + "/messages", ALICE, SECRET)
            .header("Content-Type", "application/octet-stream").POST(HttpRequest.BodyPublishers.ofString("v")).build());
        assertThat(status).isIn(200, 201, 403);
        return status != 403;
    }

    @ParameterizedTest
    @EnumSource
    void aStoredUserComesInWithItsPasswordOnly(Way way) throws Exception {
        assertThat(way.door.lets(ALICE, SECRET)).isTrue();
        assertThat(way.door.lets(ALICE, "wrong")).isFalse();
        assertThat(way.door.lets("nobody", SECRET)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aConfiguredUserComesInWithItsPasswordOnly(Way way) throws Exception {
        assertThat(way.door.lets("admin", "admin-secret")).isTrue();
        assertThat(way.door.lets("admin", SECRET)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void oneRuleLetsAUserPublishByEveryProtocol(Way way) throws Exception {
        String topic = "shared-" + way.name();
        KafkaLogins.get(root.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());
        assertThat(way.publishing.works(topic)).isFalse();
        AclBinding rule = new AclBinding(new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
            new AccessControlEntry("User:alice", "127.0.0.1", AclOperation.WRITE, AclPermissionType.ALLOW));
        KafkaLogins.get(root.createAcls(List.of(rule)).all());
        assertThat(way.publishing.works(topic)).isTrue();
        AclBinding elsewhere = new AclBinding(rule.pattern(),
            new AccessControlEntry("User:*", "127.0.0.1", AclOperation.WRITE, AclPermissionType.DENY));
        KafkaLogins.get(root.createAcls(List.of(elsewhere)).all());
        assertThat(way.publishing.works(topic)).isFalse();
        KafkaLogins.get(root.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    private static void grant(ResourceType type, String name, AclOperation operation, AclPermissionType permission) throws Exception {
        KafkaLogins.get(root.createAcls(List.of(new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL),
            new AccessControlEntry("User:alice", "*", operation, permission)))).all());
    }

    /** Whether something on a channel of alice's is allowed. */
    private interface OnChannel {
        void run(Channel channel) throws IOException;
    }

    private static boolean amqpAllows(OnChannel action) throws Exception {
        try (Connection connection = amqpConnection(ALICE, SECRET)) {
            action.run(connection.createChannel());
            return true;
        } catch (IOException refused) {
            assertThat(refused).hasStackTraceContaining("ACCESS_REFUSED");
            return false;
        }
    }

    @Test
    void aBindingOverEveryTopicNeedsAllOfThem() throws Exception {
        OnChannel listening = channel -> channel.queueBind(channel.queueDeclare().getQueue(), "amq.topic", "#");
        grant(ResourceType.GROUP, "*", AclOperation.ALL, AclPermissionType.ALLOW);
        grant(ResourceType.TOPIC, "amq.topic", AclOperation.READ, AclPermissionType.ALLOW);
        assertThat(amqpAllows(listening)).isFalse();
        HttpRequest everything = httpRequest("/v1/subscriptions/everything", ALICE, SECRET).header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"bindings\":[{\"filter\":{\"address\":\"#\"}}]}")).build();
        assertThat(status(everything)).isEqualTo(403);
        Mqtt5BlockingClient sharing = mqttClient(ALICE, SECRET);
        sharing.connect();
        assertThatExceptionOfType(Mqtt5SubAckException.class)
            .isThrownBy(() -> sharing.subscribeWith().topicFilter("$share/g/#").qos(MqttQos.AT_LEAST_ONCE).send());
        grant(ResourceType.TOPIC, "*", AclOperation.READ, AclPermissionType.ALLOW);
        assertThat(amqpAllows(listening)).isTrue();
        sharing.subscribeWith().topicFilter("$share/g/#").qos(MqttQos.AT_LEAST_ONCE).send();
        assertThat(status(everything)).isEqualTo(201);
        grant(ResourceType.TOPIC, "payroll", AclOperation.READ, AclPermissionType.DENY);
        assertThat(amqpAllows(listening)).isFalse();
        assertThatExceptionOfType(Mqtt5SubAckException.class)
            .isThrownBy(() -> sharing.subscribeWith().topicFilter("$share/h/#").qos(MqttQos.AT_LEAST_ONCE).send());
        sharing.disconnect();
        KafkaLogins.get(root.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    @Test
    void aQueueNeedsTheTopicOfItsName() throws Exception {
        OnChannel declaring = channel -> channel.queueDeclare("payroll-2", true, false, false, null);
        grant(ResourceType.GROUP, "payroll-2", AclOperation.ALL, AclPermissionType.ALLOW);
        assertThat(amqpAllows(declaring)).isFalse();
        grant(ResourceType.TOPIC, "payroll-2", AclOperation.READ, AclPermissionType.ALLOW);
        assertThat(amqpAllows(declaring)).isTrue();
        KafkaLogins.get(root.deleteAcls(List.of(AclBindingFilter.ANY)).all());
    }

    @Test
    void nobodyComesInWithoutAName() throws Exception {
        assertThat(status(HttpRequest.newBuilder(at.uri("/v1/topics")).GET().build())).isEqualTo(401);
        Mqtt5BlockingClient client = Mqtt5Client.builder().serverHost(at.host()).serverPort(at.mqtt()).buildBlocking();
        assertThatExceptionOfType(Mqtt5ConnAckException.class).isThrownBy(client::connect);
        Map<String, Object> anonymous = Map.of("bootstrap.servers", at.bootstrap(), "default.api.timeout.ms", "2000",
            "request.timeout.ms", "1000");
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> KafkaLogins.nodes(anonymous));
    }
}
