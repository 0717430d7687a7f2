package io.tributary.protocol.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.tributary.core.TestBroker;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing to {@code $delayed/{seconds}/{topic}}, as EMQX documents it. */
class DelayIT {
    private static final int WAIT_SECONDS = 60;

    private TestBroker broker;
    private int port;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        port = broker.serveAlways(() -> new MqttProtocol(MqttConfig.DEFAULT));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Mqtt5BlockingClient client(String id) {
        return MqttClient.builder().useMqttVersion5().identifier(id).serverHost("127.0.0.1").serverPort(port).buildBlocking();
    }

    private static void publish(Mqtt5BlockingClient client, String topic, MqttQos qos) {
        client.publish(Mqtt5Publish.builder().topic(topic).qos(qos).payload(topic.getBytes(StandardCharsets.UTF_8))
            .userProperties().add("site", "north").applyUserProperties().build());
    }

    @Test
    void aMessageComesToItsTopicAfterTheSeconds() throws InterruptedException {
        Mqtt5BlockingClient client = client("delay");
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes received = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("a/#").qos(MqttQos.EXACTLY_ONCE).send();
            publish(client, "$delayed/2/a/exactly", MqttQos.EXACTLY_ONCE);
            publish(client, "$delayed/1/a/at-least", MqttQos.AT_LEAST_ONCE);
            publish(client, "$delayed/0/a/now", MqttQos.AT_MOST_ONCE);
            publish(client, "$delayed/" + (System.currentTimeMillis() / 1000 - 5) + "/a/past", MqttQos.AT_LEAST_ONCE);
            for (Map.Entry<String, MqttQos> expected : List.of(Map.entry("a/now", MqttQos.AT_MOST_ONCE),
                    Map.entry("a/past", MqttQos.AT_LEAST_ONCE), Map.entry("a/at-least", MqttQos.AT_LEAST_ONCE),
                    Map.entry("a/exactly", MqttQos.EXACTLY_ONCE))) {
                Mqtt5Publish got = received.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(got.getTopic()).hasToString(expected.getKey());
                assertThat(got.getQos()).isEqualTo(expected.getValue());
                assertThat(new String(got.getPayloadAsBytes(), StandardCharsets.UTF_8)).startsWith("$delayed/").endsWith(expected.getKey());
                assertThat(got.getUserProperties().asList()).hasSize(1);
            }
        }
        client.disconnect();
    }

    @Test
    void whatWasAcknowledgedOutlivesAKillAndVersion3MayDelayToo() throws InterruptedException {
        Mqtt3BlockingClient publisher =
            MqttClient.builder().useMqttVersion3().identifier("v3").serverHost("127.0.0.1").serverPort(port).buildBlocking();
        publisher.connect();
        publisher.publishWith().topic("$delayed/3/b").qos(MqttQos.AT_LEAST_ONCE).payload(new byte[] {1}).send();
        broker.kill();
        assertThat(broker.broker().topics().find(TopicName.of("b"))).isNotNull();
        Mqtt5BlockingClient subscriber = client("subscriber");
        subscriber.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes received = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            subscriber.subscribeWith().topicFilter("b").send();
            assertThat(received.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow().getPayloadAsBytes()).containsExactly(1);
        }
        subscriber.disconnect();
    }

    @Test
    void whatIsNoDelayIsRefused() {
        Mqtt5BlockingClient client = client("wrong");
        client.connect();
        for (String wrong : List.of("$delayed/x/a", "$delayed//a", "$delayed/5", "$delayed/5/", "$delayed/-1/a", "$delayed/1.5/a",
                "$delayed/4294968000/a", "$delayed/9999999999999/a", "$delayed/1/$SYS/a", "$delayed/1/$delayed/1/a")) {
            assertThatThrownBy(() -> publish(client, wrong, MqttQos.AT_LEAST_ONCE)).as(wrong)
                .isInstanceOfSatisfying(Mqtt5PubAckException.class, failure ->
                    assertThat(failure.getMqttMessage().getReasonCode()).isEqualTo(Mqtt5PubAckReasonCode.TOPIC_NAME_INVALID));
        }
        Mqtt5Publish retained = Mqtt5Publish.builder().topic("$delayed/1/a").qos(MqttQos.AT_LEAST_ONCE).retain(true).build();
        assertThatThrownBy(() -> client.publish(retained)).isInstanceOf(Mqtt5PubAckException.class);
        publish(client, "$delayed/4294967/a", MqttQos.AT_LEAST_ONCE);
        client.disconnect();
    }
}
