package io.tributary.protocol.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HiveMQ's client, both versions. */
class HiveMqClientIT {
    private static final int COUNT = 200;
    private static final int WAIT_SECONDS = 60;

    private static Server server;

    @BeforeAll
    static void start() {
        server = new Server(MqttConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Mqtt5BlockingClient client5(String id) {
        return MqttClient.builder().useMqttVersion5().identifier(id).serverHost(server.host()).serverPort(server.port()).buildBlocking();
    }

    private static Mqtt3BlockingClient client3(String id) {
        return MqttClient.builder().useMqttVersion3().identifier(id).serverHost(server.host()).serverPort(server.port()).buildBlocking();
    }

    @ParameterizedTest
    @EnumSource(MqttQos.class)
    void version5KeepsOrderAndProperties(MqttQos qos) throws InterruptedException {
        Mqtt5BlockingClient client = client5("hive5-" + qos.getCode());
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("hive5/+/" + qos.getCode()).qos(qos).send();
            for (int i = 0; i < COUNT; i++) {
                client.publish(Mqtt5Publish.builder().topic("hive5/x/" + qos.getCode()).qos(qos)
                    .payload(("m" + i).getBytes(StandardCharsets.UTF_8))
                    .contentType("text/plain").responseTopic("answer/to").correlationData(new byte[] {0, 1, (byte) 0xFF})
                    .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8).messageExpiryInterval(1000)
                    .userProperties().add("site", "north").add("site", "south").add("content-type", "own").applyUserProperties().build());
            }
            for (int i = 0; i < COUNT; i++) {
                Mqtt5Publish got = publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(new String(got.getPayloadAsBytes(), StandardCharsets.UTF_8)).isEqualTo("m" + i);
                assertThat(got.getQos()).isEqualTo(qos);
                assertProperties(got);
            }
        }
        client.disconnect();
    }

    private static void assertProperties(Mqtt5Publish got) {
        assertThat(got.getContentType().orElseThrow()).hasToString("text/plain");
        assertThat(got.getResponseTopic().orElseThrow()).hasToString("answer/to");
        byte[] correlation = new byte[got.getCorrelationData().orElseThrow().remaining()];
        got.getCorrelationData().orElseThrow().get(correlation);
        assertThat(correlation).containsExactly(0, 1, 0xFF);
        assertThat(got.getPayloadFormatIndicator()).contains(Mqtt5PayloadFormatIndicator.UTF_8);
        assertThat(got.getMessageExpiryInterval().orElseThrow()).isBetween(900L, 1000L);
        List<String> user = new ArrayList<>();
        got.getUserProperties().asList().forEach(property -> user.add(property.getName() + "=" + property.getValue()));
        assertThat(user).containsExactly("site=north", "site=south", "content-type=own");
    }

    @ParameterizedTest
    @EnumSource(MqttQos.class)
    void version3KeepsOrder(MqttQos qos) throws InterruptedException {
        Mqtt3BlockingClient client = client3("hive3-" + qos.getCode());
        client.connect();
        try (Mqtt3BlockingClient.Mqtt3Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("hive3/#").qos(qos).send();
            for (int i = 0; i < COUNT; i++) {
                client.publish(Mqtt3Publish.builder().topic("hive3").qos(qos).payload(("m" + i).getBytes(StandardCharsets.UTF_8)).build());
            }
            for (int i = 0; i < COUNT; i++) {
                Mqtt3Publish got = publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(new String(got.getPayloadAsBytes(), StandardCharsets.UTF_8)).isEqualTo("m" + i);
                assertThat(got.getQos()).isEqualTo(qos);
            }
        }
        client.disconnect();
    }

    @Test
    void aPersistentSessionGetsWhatItMissed() throws InterruptedException {
        Mqtt5BlockingClient client = client5("hive-away");
        client.connectWith().sessionExpiryInterval(3600).send();
        client.subscribeWith().topicFilter("away/#").qos(MqttQos.EXACTLY_ONCE).send();
        client.disconnect();
        Mqtt5BlockingClient publisher = client5("hive-publisher");
        publisher.connect();
        for (int i = 0; i < COUNT; i++) {
            publisher.publishWith().topic("away/x").qos(MqttQos.EXACTLY_ONCE).payload(("m" + i).getBytes(StandardCharsets.UTF_8)).send();
        }
        publisher.disconnect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(client.connectWith().cleanStart(false).sessionExpiryInterval(0).send().isSessionPresent()).isTrue();
            for (int i = 0; i < COUNT; i++) {
                Mqtt5Publish got = publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(new String(got.getPayloadAsBytes(), StandardCharsets.UTF_8)).isEqualTo("m" + i);
            }
        }
        client.disconnect();
        assertThat(client.connectWith().cleanStart(false).send().isSessionPresent()).isFalse();
        client.disconnect();
    }
}
