package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.tributary.gateway.acceptance.client.Endpoints;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user whom a namespace's administrator made, with Kafka's Admin client, is in that namespace by every protocol, and in no other. */
class NamespaceUserIT {
    private static final String TOPIC = "plans";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static TributaryServer server;
    private static Endpoints at;
    private static Admin admin;
    private static Admin acme;

    @BeforeAll
    static void start() throws Exception {
        server = TributaryServer.start("--tributary.security.users.admin=admin-secret", "--tributary.security.users.acme-admin=acme-secret",
            "--tributary.security.namespaces.acme-admin=acme");
        at = server.endpoints();
        admin = Admin.create(KafkaLogins.login(at.kafka(), "PLAIN", "admin", "admin-secret"));
        acme = Admin.create(KafkaLogins.login(at.kafka(), "PLAIN", "acme-admin", "acme-secret"));
        KafkaLogins.get(acme.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("wile",
            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "coyote"))).all());
        KafkaLogins.get(acme.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, TOPIC, PatternType.LITERAL),
            new AccessControlEntry("User:wile", "*", AclOperation.ALL, AclPermissionType.ALLOW)))).all());
        for (Admin maker : List.of(admin, acme)) {
            KafkaLogins.get(maker.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all());
        }
    }

    @AfterAll
    static void stop() {
        admin.close();
        acme.close();
        server.close();
    }

    private static Connection amqp(String virtualHost) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(at.host());
        factory.setPort(at.amqp());
        factory.setUsername("wile");
        factory.setPassword("coyote");
        factory.setVirtualHost(virtualHost);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static void publishByAmqp() throws Exception {
        try (Connection connection = amqp("acme")) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.basicPublish(TOPIC, "key", null, "by amqp".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie();
        }
    }

    private static void publishByMqtt() {
        Mqtt5BlockingClient client = Mqtt5Client.builder().serverHost(at.host()).serverPort(at.mqtt()).simpleAuth().username("wile")
            .password("coyote".getBytes(StandardCharsets.UTF_8)).applySimpleAuth().buildBlocking();
        client.connect();
        client.publishWith().topic(TOPIC + "/key").qos(MqttQos.AT_LEAST_ONCE).payload("by mqtt".getBytes(StandardCharsets.UTF_8)).send();
        client.disconnect();
    }

    private static HttpResponse<String> http(String method, String path, String body) throws Exception {
        String pair = Base64.getEncoder().encodeToString("wile:coyote".getBytes(StandardCharsets.UTF_8));
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(at.uri(path)).header("Authorization", "Basic " + pair)
            .header("Content-Type", "application/octet-stream").method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> values(Map<String, Object> login, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(KafkaLogins.with(login, Map.of()), new StringDeserializer(),
            new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && System.nanoTime() < giveUp) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, (long) count);
        }
        return values;
    }

    @Test
    void whatItPublishesIsInItsNamespaceWhateverItSpeaks() throws Exception {
        publishByAmqp();
        publishByMqtt();
        assertThat(http("POST", "/v1/topics/" + TOPIC + "/messages", "by http").statusCode()).isIn(200, 201);
        KafkaLogins.produce(KafkaLogins.login(at.kafka(), "SCRAM-SHA-256", "wile", "coyote"), TOPIC);
        assertThat(values(KafkaLogins.login(at.kafka(), "SCRAM-SHA-256", "wile", "coyote"), 4))
            .containsExactly("by amqp", "by mqtt", "by http", "v");
        assertThat(values(KafkaLogins.login(at.kafka(), "PLAIN", "admin", "admin-secret"), 0)).isEmpty();
    }

    @Test
    void noOtherNamespaceIsOpenToIt() throws Exception {
        for (String virtualHost : List.of("/", "default", "other")) {
            assertThatThrownBy(() -> amqp(virtualHost)).as(virtualHost).isInstanceOf(IOException.class);
        }
        KafkaLogins.get(admin.createTopics(List.of(new NewTopic("of-the-default", 1, (short) 1))).all());
        assertThat(http("GET", "/v1/topics", "").body()).contains(TOPIC).doesNotContain("of-the-default");
        assertThat(http("GET", "/v1/topics/of-the-default", "").statusCode()).isIn(403, 404);
    }
}
