package io.tributary.protocol.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retained messages with HiveMQ's client, and what the core keeps of them. */
class RetainedIT {
    private static final int PATIENCE_SECONDS = 30;
    private static final TopicName PLANT = TopicName.of("plant");

    private final AtomicLong aheadMs = new AtomicLong();
    private final TestBroker broker =
        TestBroker.start(config -> config.withClock(() -> Instant.ofEpochMilli(System.currentTimeMillis() + aheadMs.get())));
    private final int port = broker.serveAlways(() -> new MqttProtocol(MqttConfig.DEFAULT));

    @AfterEach
    void close() {
        broker.close();
    }

    private Mqtt5BlockingClient connect() {
        Mqtt5BlockingClient client = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildBlocking();
        client.connect();
        return client;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Mqtt5Publish publish) {
        return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    private static List<Mqtt5Publish> receive(Mqtt5BlockingClient.Mqtt5Publishes publishes, int count) throws InterruptedException {
        List<Mqtt5Publish> received = new ArrayList<>();
        while (received.size() < count) {
            received.add(publishes.receive(PATIENCE_SECONDS, TimeUnit.SECONDS).orElseThrow());
        }
        return received;
    }

    /** Retains a value as any protocol but MQTT does. */
    private void retain(String subject, byte[] value) {
        broker.broker().topics().getOrCreate(PLANT, TopicConfig.ofPartitions(2)).toCompletableFuture().join();
        broker.broker().publisher().publish(PublishRequest.of(PLANT, Subject.toKey(subject), value, Headers.EMPTY).withRetain(true))
            .toCompletableFuture().join();
    }

    private RetainedPage find(String pattern) {
        return broker.broker().retained().find(Namespace.DEFAULT, SubjectPattern.parse(pattern, '/', "+", "#"), null, 100, 1 << 20)
            .toCompletableFuture().join();
    }

    @Test
    void aWildcardBringsManyValuesEachOnce() throws InterruptedException {
        int count = 2_000;
        List<CompletableFuture<?>> stored = new ArrayList<>();
        broker.broker().topics().getOrCreate(PLANT, TopicConfig.ofPartitions(2)).toCompletableFuture().join();
        for (int i = 0; i < count; i++) {
            stored.add(broker.broker().publisher().publish(PublishRequest.of(PLANT, Subject.toKey("line/" + i), bytes("v" + i),
                Headers.EMPTY).withRetain(true)).toCompletableFuture());
        }
        stored.forEach(CompletableFuture::join);
        Mqtt5BlockingClient client = connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("plant/+/+").qos(MqttQos.AT_LEAST_ONCE).send();
            Set<String> seen = new HashSet<>();
            for (Mqtt5Publish publish : receive(publishes, count)) {
                assertThat(publish.isRetain()).isTrue();
                assertThat(publish.getQos()).isEqualTo(MqttQos.AT_LEAST_ONCE);
                assertThat(text(publish)).isEqualTo("v" + publish.getTopic().toString().substring("plant/line/".length()));
                assertThat(seen.add(publish.getTopic().toString())).isTrue();
            }
        }
        client.disconnect();
    }

    @Test
    void whatOneFilterTakesComesThoughAnotherWasSubscribedMeanwhile() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            retain("a/" + i, bytes("a"));
            retain("b/" + i, bytes("b"));
        }
        Mqtt5BlockingClient client = connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().addSubscription().topicFilter("plant/a/#").qos(MqttQos.AT_MOST_ONCE).applySubscription()
                .addSubscription().topicFilter("plant/b/#").qos(MqttQos.AT_MOST_ONCE).applySubscription().send();
            List<Mqtt5Publish> all = receive(publishes, 400);
            assertThat(all).filteredOn(publish -> text(publish).equals("a")).hasSize(200);
        }
        client.disconnect();
    }

    @Test
    void theServersOwnLevelIsNotTakenByAWildcard() throws InterruptedException {
        broker.broker().topics().getOrCreate(TopicName.of("mqtt"), TopicConfig.ofPartitions(1)).toCompletableFuture().join();
        broker.broker().publisher().publish(PublishRequest.of(TopicName.of("mqtt"), bytes("$own/x"), bytes("hidden"), Headers.EMPTY)
            .withRetain(true)).toCompletableFuture().join();
        retain("x", bytes("shown"));
        Mqtt5BlockingClient client = connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("#").qos(MqttQos.AT_MOST_ONCE).send();
            assertThat(text(receive(publishes, 1).get(0))).isEqualTo("shown");
            client.subscribeWith().topicFilter("$own/#").qos(MqttQos.AT_MOST_ONCE).send();
            assertThat(text(receive(publishes, 1).get(0))).isEqualTo("hidden");
        }
        client.disconnect();
    }

    @Test
    void aValueWhoseKeyIsNoTopicNameComesUnderItsTopic() throws InterruptedException {
        retain("not+one", bytes("odd"));
        Mqtt5BlockingClient client = connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("plant/+").qos(MqttQos.AT_MOST_ONCE).send();
            Mqtt5Publish odd = receive(publishes, 1).get(0);
            assertThat(odd.getTopic()).hasToString("plant");
            assertThat(text(odd)).isEqualTo("odd");
        }
        client.disconnect();
    }

    @Test
    void anExpiredMessageIsNotSentAndNotKept() throws InterruptedException {
        Mqtt5BlockingClient client = connect();
        client.publishWith().topic("plant/short").qos(MqttQos.AT_LEAST_ONCE).retain(true).messageExpiryInterval(60).payload(bytes("1"))
            .send();
        client.publishWith().topic("plant/long").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(bytes("2")).send();
        assertThat(find("plant/+").values()).hasSize(2);
        aheadMs.set(61_000);
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("plant/+").qos(MqttQos.AT_MOST_ONCE).send();
            assertThat(text(receive(publishes, 1).get(0))).isEqualTo("2");
            assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
        }
        aheadMs.set(0);
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).untilAsserted(() -> assertThat(find("plant/+").values()).hasSize(1));
        client.disconnect();
    }

    @Test
    void aMessageOfQos0IsThereForWhoSubscribesNext() throws InterruptedException {
        Mqtt5BlockingClient client = connect();
        for (int round = 0; round < 20; round++) {
            client.publishWith().topic("plant/quick").qos(MqttQos.AT_MOST_ONCE).retain(true).payload(bytes("r" + round)).send();
            try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
                client.subscribeWith().topicFilter("plant/quick").qos(MqttQos.AT_MOST_ONCE).send();
                assertThat(text(receive(publishes, 1).get(0))).isEqualTo("r" + round);
            }
            client.unsubscribeWith().topicFilter("plant/quick").send();
        }
        client.disconnect();
    }

    @Test
    void anAcknowledgedMessageIsRetainedThoughTheServerIsKilled() {
        Mqtt5BlockingClient client = connect();
        for (int i = 0; i < 50; i++) {
            client.publishWith().topic("plant/" + i).qos(i % 2 == 0 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE).retain(true)
                .payload(bytes("v" + i)).send();
        }
        broker.kill();
        assertThat(find("plant/+").values()).hasSize(50);
    }
}
