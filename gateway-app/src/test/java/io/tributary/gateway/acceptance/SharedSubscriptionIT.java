package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One subscription, several protocols: an AMQP queue, a Kafka share group and an HTTP subscription of one name compete for its records. */
class SharedSubscriptionIT {
    private static final int RECORDS = 600;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
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

    private static KafkaShareConsumer<byte[], byte[]> member(String group, String topic) {
        KafkaShareConsumer<byte[], byte[]> member = new KafkaShareConsumer<>(
            Map.of("bootstrap.servers", at.bootstrap(), "group.id", group, "max.poll.records", 20), new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
        member.subscribe(List.of(topic));
        return member;
    }

    private static void produce(String topic, int count) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private JsonNode describe(String subscription) throws Exception {
        return HttpClients.JSON.readTree(HttpClients.ok(http, HttpClients.request(at, "/v1/subscriptions/" + subscription).build()))
            .get("stats");
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    private static void pollOnce(KafkaShareConsumer<byte[], byte[]> member, List<String> into) {
        member.poll(Duration.ofMillis(20)).forEach(record -> into.add(text(record.value())));
    }

    private void pullOnce(String subscription, List<String> into) throws Exception {
        String path = "/v1/subscriptions/" + subscription;
        String answer = HttpClients.ok(http, HttpClients.json(at, "POST", path + "/pull", "{\"max\":20,\"wait\":\"20ms\"}"));
        List<String> ackIds = new ArrayList<>();
        for (JsonNode each : HttpClients.JSON.readTree(answer).get("messages")) {
            into.add(text(HttpClients.message(each).body()));
            ackIds.add(each.get("ackId").asString());
        }
        if (!ackIds.isEmpty()) {
            HttpClients.ok(http,
                HttpClients.json(at, "POST", path + "/ack", HttpClients.JSON.writeValueAsString(Map.of("ackIds", ackIds))));
        }
    }

    private static void takeOnce(Channel channel, BlockingQueue<Delivery> arrived, List<String> into) throws Exception {
        for (Delivery next = arrived.poll(); next != null; next = arrived.poll()) {
            into.add(text(next.getBody()));
            channel.basicAck(next.getEnvelope().getDeliveryTag(), false);
        }
    }

    private static List<String> expected() {
        return IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList();
    }

    @Test
    void anAmqpQueueAShareGroupAndHttpPullersGetEachRecordOnce() throws Exception {
        String name = "orders";
        List<String> byAmqp = new ArrayList<>();
        List<String> byKafka = new ArrayList<>();
        List<String> byHttp = new ArrayList<>();
        try (Connection connection = AmqpClients.connect(at); KafkaShareConsumer<byte[], byte[]> member = member(name, name)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(name, true, false, false, null);
            channel.basicQos(20);
            BlockingQueue<Delivery> arrived = AmqpClients.consume(channel, name);
            await().atMost(PATIENCE).until(() -> {
                pollOnce(member, byKafka);
                return describe(name).get("consumers").asInt() >= 2;
            });
            produce(name, RECORDS);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                pollOnce(member, byKafka);
                takeOnce(channel, arrived, byAmqp);
                pullOnce(name, byHttp);
                return byAmqp.size() + byKafka.size() + byHttp.size() >= RECORDS;
            });
            member.commitSync();
            await().atMost(PATIENCE).until(() ->
                describe(name).get("ready").asLong() == 0 && describe(name).get("outstanding").asLong() == 0);
        }
        assertThat(byAmqp).isNotEmpty();
        assertThat(byKafka).isNotEmpty();
        assertThat(byHttp).isNotEmpty();
        assertThat(Stream.of(byAmqp, byKafka, byHttp).flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void aShareGroupsSubscriptionIsThereForHttpAndKeepsItsRecordsForBoth() throws Exception {
        String name = "parcels";
        KafkaClients.createTopic(at, name, 2);
        List<String> byKafka = new ArrayList<>();
        List<String> byHttp = new ArrayList<>();
        try (KafkaShareConsumer<byte[], byte[]> member = member(name, name)) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                pollOnce(member, byKafka);
                return describe(name).get("consumers").asInt() == 1;
            });
            produce(name, RECORDS);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                pollOnce(member, byKafka);
                return byKafka.size() >= RECORDS / 4;
            });
            // What the last poll gave is acknowledged by the next one, or by this; not by closing.
            member.commitSync();
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            pullOnce(name, byHttp);
            return byKafka.size() + byHttp.size() >= RECORDS;
        });
        assertThat(byHttp).isNotEmpty();
        assertThat(Stream.of(byKafka, byHttp).flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(expected());
    }
}
