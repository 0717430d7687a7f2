package io.tributary.protocol.mqtt;

import static io.tributary.protocol.mqtt.RawClient.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.protocol.mqtt.RawClient.Packet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must be there after the server was restarted in good order, or killed. */
class MqttRestartIT {
    private static final int PUBLISH = 3;
    private static final int PUBREC = 5;
    private static final int PUBREL = 6;

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

    private RawClient client() throws IOException {
        return new RawClient("127.0.0.1", port);
    }

    private void again(boolean killed) {
        if (killed) {
            broker.kill();
        } else {
            broker.restart();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsSessionsWithTheirSubscriptionsAndMessages(boolean killed) throws IOException {
        try (RawClient subscriber = client()) {
            subscriber.connect311("stays", false, 0);
            subscriber.subscribe311(1, "stays/#", 1);
            subscriber.send(0xE0, body());
            subscriber.readToEnd();
        }
        publish("stays/a", "before");
        again(killed);
        publish("stays/b", "after");
        try (RawClient subscriber = client()) {
            assertThat(subscriber.connect311("stays", false, 0)[0]).isEqualTo((byte) 1);
            List<String> payloads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Packet packet = subscriber.read();
                payloads.add(packet.payload311());
                subscriber.ack(0x40, packet.publishId());
            }
            assertThat(payloads).containsExactly("before", "after");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsRetainedMessages(boolean killed) throws IOException {
        try (RawClient publisher = client()) {
            publisher.connect311("", true, 0);
            publisher.publish311(0x03, "kept/x", 1, "last");
            publisher.read();
        }
        again(killed);
        try (RawClient subscriber = client()) {
            subscriber.connect311("", true, 0);
            subscriber.subscribe311(1, "kept/+", 1);
            assertThat(subscriber.read().payload311()).isEqualTo("last");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesNotStoreAQos2MessageAgainThatIsRepeatedAfterwards(boolean killed) throws IOException {
        try (RawClient subscriber = client()) {
            subscriber.connect311("exact-sub", false, 0);
            subscriber.subscribe311(1, "exact", 1);
            subscriber.send(0xE0, body());
            subscriber.readToEnd();
        }
        try (RawClient publisher = client()) {
            publisher.connect311("exact-pub", false, 0);
            publisher.publish311(0x04, "exact", 5, "one");
            assertThat(publisher.read().type()).isEqualTo(PUBREC);
            publisher.drop();
        }
        again(killed);
        try (RawClient publisher = client()) {
            assertThat(publisher.connect311("exact-pub", false, 0)[0]).isEqualTo((byte) 1);
            publisher.publish311(0x0C, "exact", 5, "one");
            assertThat(publisher.read().type()).isEqualTo(PUBREC);
            publisher.ack(0x62, 5);
            publisher.read();
            publisher.publish311(0x02, "exact", 6, "two");
            publisher.read();
        }
        try (RawClient subscriber = client()) {
            subscriber.connect311("exact-sub", false, 0);
            Packet one = subscriber.read();
            Packet two = subscriber.read();
            assertThat(List.of(one.payload311(), two.payload311())).containsExactly("one", "two");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releasesAndDoesNotRepeatAQos2DeliveryThatTheClientHas(boolean killed) throws IOException {
        int id;
        try (RawClient subscriber = client()) {
            subscriber.connect311("has", false, 0);
            subscriber.subscribe311(1, "has", 2);
            try (RawClient publisher = client()) {
                publisher.connect311("", true, 0);
                publisher.publish311(0x04, "has", 5, "one");
                publisher.read();
            }
            id = subscriber.read().publishId();
            subscriber.ack(0x50, id);
            assertThat(subscriber.read().type()).isEqualTo(PUBREL);
            subscriber.drop();
        }
        again(killed);
        try (RawClient subscriber = client()) {
            subscriber.connect311("has", false, 0);
            Packet release = subscriber.read();
            assertThat(release.type()).isEqualTo(PUBREL);
            assertThat(release.id()).isEqualTo(id);
            subscriber.ack(0x70, id);
            publish("has", "two");
            Packet next = subscriber.read();
            assertThat(next.type()).isEqualTo(PUBLISH);
            assertThat(next.payload311()).isEqualTo("two");
        }
    }

    private void publish(String topic, String payload) throws IOException {
        try (RawClient publisher = client()) {
            publisher.connect311("", true, 0);
            publisher.publish311(0x02, topic, 1, payload);
            publisher.read();
        }
    }
}
