package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.MessageReader;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Kafka's groups are seen beside the queues, by HTTP and in Prometheus's text. */
class GroupsViewIT {
    private static final Duration PATIENCE = Duration.ofMillis(MessageReader.PATIENCE_MS);
    private static final JsonMapper JSON = JsonMapper.builder().build();
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

    private String get(String path) throws Exception {
        return HttpClients.ok(http, HttpClients.request(at, path).GET().build());
    }

    private JsonNode json(String path) throws Exception {
        return JSON.readTree(get(path));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String group, String protocol) {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", at.bootstrap(), "group.id", group, "group.protocol", protocol,
            "enable.auto.commit", false), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupIsSeenWithItsMembersAndItsLagAlsoBesideAQueueOfItsName(String protocol) throws Exception {
        String name = "g-" + protocol;
        KafkaClients.createTopic(at, name, 2);
        HttpClients.ok(http, HttpClients.json(at, "PUT", "/v1/subscriptions/" + name, "{\"topic\":\"" + name + "\"}"));
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of());
             KafkaConsumer<byte[], byte[]> consumer = consumer(name, protocol)) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(name, i % 2, null, new byte[1])).get();
            }
            consumer.subscribe(List.of(name));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().size() == 2;
            });
            consumer.commitSync(Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(2), new TopicPartition(name, 1),
                new OffsetAndMetadata(5)));
            await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(10));
                assertThat(json("/v1/subscriptions/" + name + "?kind=kafka-group")).isEqualTo(JSON.readTree("""
                    {"name": "%s", "kind": "kafka-group", "protocol": "%s", "state": "stable", "members": 1, "lag": 3, "topics": [
                      {"topic": "%s", "lag": 3, "partitions": [
                        {"partition": 0, "committed": 2, "lag": 3}, {"partition": 1, "committed": 5, "lag": 0}]}]}
                    """.formatted(name, protocol, name)));
                assertThat(get("/actuator/prometheus").lines()).contains(
                    "tributary_stream_lag{kind=\"kafka-group\",namespace=\"default\",stream=\"" + name + "\"} 3.0");
            });
            assertThat(json("/v1/subscriptions/" + name).get("kind").asString()).isEqualTo("queue");
            List<String> kinds = new ArrayList<>();
            json("/v1/subscriptions").get("subscriptions").forEach(each -> {
                if (each.get("name").asString().equals(name)) {
                    kinds.add(each.get("kind").asString());
                }
            });
            assertThat(kinds).containsExactlyInAnyOrder("queue", "kafka-group");
        }
    }
}
