package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MqttClients;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What one protocol retains, the others see: MQTT and HTTP as last values, Kafka as the compacted topic that holds them. */
class RetainedIT {
    private static final String TOPIC = "__retained";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration PATIENCE = Duration.ofMillis(MessageReader.PATIENCE_MS);
    private static TributaryServer server;
    private static Endpoints at;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = TributaryServer.start();
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void retain(String topic, String key, String value) throws Exception {
        HttpClients.ok(http, HttpClients.request(at, "/v1/topics/" + topic + "/messages?retain=true&key=" + key)
            .header("Content-Type", "text/plain").POST(HttpRequest.BodyPublishers.ofString(value)).build());
    }

    /** All records of the topic that has the values. */
    private static List<ConsumerRecord<byte[], byte[]>> log() {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "reader")) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofMillis(500)).forEach(all::add);
            }
        }
        return all;
    }

    private static List<String> valuesOf(List<ConsumerRecord<byte[], byte[]>> log, String key) {
        return log.stream().filter(record -> key.equals(new String(record.key(), StandardCharsets.UTF_8)))
            .map(record -> record.value() == null ? "ended" : new String(record.value(), StandardCharsets.UTF_8)).toList();
    }

    @Test
    void aLateMqttSubscriberGetsWhatHttpRetained() throws Exception {
        retain("meters", "7/kwh", "1200");
        retain("meters", "7/kwh", "1201");
        Mqtt5BlockingClient client = MqttClients.client5(at, "late");
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("meters/+/kwh").qos(MqttQos.AT_LEAST_ONCE).send();
            Mqtt5Publish first = publishes.receive(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).orElseThrow();
            assertThat(first.getTopic()).hasToString("meters/7/kwh");
            assertThat(first.getPayloadAsBytes()).isEqualTo(bytes("1201"));
            assertThat(first.isRetain()).isTrue();
            assertThat(first.getContentType()).hasValueSatisfying(type -> assertThat(type).hasToString("text/plain"));
            // Published to be retained, and live for who is there: not as a retained message.
            retain("meters", "7/kwh", "1202");
            Mqtt5Publish live = publishes.receive(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).orElseThrow();
            assertThat(live.getPayloadAsBytes()).isEqualTo(bytes("1202"));
            assertThat(live.isRetain()).isFalse();
        }
        client.disconnect();
    }

    @Test
    void httpAndKafkaSeeWhatMqttRetains() throws Exception {
        Mqtt5BlockingClient client = MqttClients.client5(at, "device");
        client.connect();
        client.publishWith().topic("doors/1/state").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(bytes("open")).contentType("text/x")
            .userProperties().add("site", "north").applyUserProperties().send();
        client.publishWith().topic("doors/1/state").qos(MqttQos.EXACTLY_ONCE).retain(true).payload(bytes("shut"))
            .userProperties().add("site", "south").applyUserProperties().send();
        client.publishWith().topic("doors/2/state").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(bytes("gone")).send();
        client.publishWith().topic("doors/2/state").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(new byte[0]).send();
        client.disconnect();
        JsonNode page = HttpClients.JSON.readTree(
            HttpClients.ok(http, HttpClients.request(at, "/v1/topics/doors/retained?subject=%2B/state").GET().build()));
        assertThat(page.path("records").size()).isEqualTo(1);
        assertThat(page.path("records").path(0).path("key").stringValue()).isEqualTo("1/state");
        assertThat(page.path("records").path(0).path("value").stringValue()).isEqualTo("shut");
        List<ConsumerRecord<byte[], byte[]>> log = log();
        assertThat(valuesOf(log, "doors/1/state")).containsExactly("open", "shut");
        assertThat(valuesOf(log, "doors/2/state")).containsExactly("gone", "ended");
        ConsumerRecord<byte[], byte[]> first = log.stream()
            .filter(record -> "open".equals(record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8)))
            .findFirst().orElseThrow();
        assertThat(first.headers().lastHeader("content-type").value()).isEqualTo(bytes("text/x"));
        assertThat(first.headers().lastHeader("site").value()).isEqualTo(bytes("north"));
    }

    @Test
    void kafkaListsAndDescribesTheTopicAndDoesNotWriteToIt() throws Exception {
        retain("any", "k", "v");
        try (Admin admin = KafkaClients.admin(at)) {
            assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get()).contains(TOPIC);
            assertThat(admin.listTopics().names().get()).doesNotContain(TOPIC);
            assertThat(admin.describeTopics(List.of(TOPIC)).topicNameValues().values()).singleElement()
                .satisfies(described -> assertThat(described.get().isInternal()).isTrue());
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            assertThat(admin.describeConfigs(List.of(resource)).values().values()).singleElement().satisfies(config ->
                assertThat(config.get().get(TopicConfig.CLEANUP_POLICY_CONFIG).value()).isEqualTo(TopicConfig.CLEANUP_POLICY_COMPACT));
            assertThatThrownBy(() -> admin.deleteTopics(List.of(TOPIC)).all().get()).isNotNull();
        }
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of("max.block.ms", 5_000))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(TOPIC, bytes("any/k"), bytes("x"))).get()).isNotNull();
        }
        assertThat(valuesOf(log(), "any/k")).containsExactly("v");
    }

    @Test
    void aKafkaConsumerSeesOnlyLastValuesOnceTheTopicIsCompacted() throws Exception {
        String large = "x".repeat(700_000);
        for (int i = 0; i < 30; i++) {
            retain("compacted", "often", i + large);
        }
        retain("compacted", "once", "1");
        // What is written, and the segment before it, are left alone by compaction.
        for (int i = 0; i < 40; i++) {
            retain("compacted", "filler" + i % 4, i + large);
        }
        await().atMost(PATIENCE.multipliedBy(2)).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            List<ConsumerRecord<byte[], byte[]>> log = log();
            assertThat(valuesOf(log, "compacted/often")).containsExactly(29 + large);
            assertThat(valuesOf(log, "compacted/once")).containsExactly("1");
        });
        JsonNode page = HttpClients.JSON.readTree(
            HttpClients.ok(http, HttpClients.request(at, "/v1/topics/compacted/retained?subject=o%2B").GET().build()));
        assertThat(page.path("records").size()).isZero();
        JsonNode once = HttpClients.JSON.readTree(
            HttpClients.ok(http, HttpClients.request(at, "/v1/topics/compacted/retained?subject=once").GET().build()));
        assertThat(once.path("records").path(0).path("value").stringValue()).isEqualTo("1");
    }
}
