package io.tributary.protocol.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho, MQTT 3.1 and 3.1.1. */
class PahoIT {
    private static final int COUNT = 50;
    private static final int WAIT_SECONDS = 60;

    @ParameterizedTest
    @ValueSource(ints = {MqttConnectOptions.MQTT_VERSION_3_1, MqttConnectOptions.MQTT_VERSION_3_1_1})
    void publishesAndReadsAtEveryQos(int version) throws MqttException, InterruptedException {
        try (Server server = new Server(MqttConfig.DEFAULT)) {
            MqttConnectOptions options = new MqttConnectOptions();
            options.setMqttVersion(version);
            String url = "tcp://" + server.host() + ":" + server.port();
            try (MqttClient client = new MqttClient(url, "paho" + version, new MemoryPersistence())) {
                client.connect(options);
                List<String> got = Collections.synchronizedList(new ArrayList<>());
                CountDownLatch all = new CountDownLatch(3 * COUNT);
                client.subscribe("paho/#", 2, (topic, message) -> {
                    got.add(topic + " " + message.getQos() + " " + new String(message.getPayload(), StandardCharsets.UTF_8));
                    all.countDown();
                });
                List<String> sent = new ArrayList<>();
                for (int qos = 0; qos <= 2; qos++) {
                    for (int i = 0; i < COUNT; i++) {
                        client.publish("paho/a", ("m" + i).getBytes(StandardCharsets.UTF_8), qos, false);
                        sent.add("paho/a " + qos + " m" + i);
                    }
                }
                assertThat(all.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(got).containsExactlyElementsOf(sent);
                client.disconnect();
            }
        }
    }
}
