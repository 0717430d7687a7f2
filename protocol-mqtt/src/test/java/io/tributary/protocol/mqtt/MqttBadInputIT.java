package io.tributary.protocol.mqtt;

import static io.tributary.protocol.mqtt.RawClient.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.protocol.mqtt.RawClient.Packet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What breaks the rules ends its own connection and nothing else. */
class MqttBadInputIT {
    private static final int DISCONNECT = 14;
    private static final MqttConfig CONFIG = new MqttConfig(64 << 10, 8, 4, 2, Duration.ofSeconds(0xFFFF), Duration.ofSeconds(1),
        Duration.ofSeconds(0xFFFF_FFFFL), 16, 4, 1 << 20, Duration.ofSeconds(10));

    private static Server server;
    private RawClient bystander;

    @BeforeAll
    static void start() {
        server = new Server(CONFIG);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connectBystander() throws IOException {
        bystander = server.raw();
        bystander.connect311("bystander", true, 0);
    }

    @AfterEach
    void bystanderIsUndisturbed() throws IOException {
        bystander.send(0xC0, body());
        assertThat(bystander.read().first()).isEqualTo(0xD0);
        bystander.close();
    }

    @Test
    void garbageEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.sendRaw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.readToEnd()).isNull();
        }
    }

    @Test
    void halfAConnectAndSilenceEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.sendRaw(new byte[] {0x10, 40, 0, 4, 'M', 'Q'});
            assertThat(client.readToEnd()).isNull();
        }
    }

    @Test
    void aPacketThatClaims256MebibytesIsRefusedByItsLength() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("large", true, new byte[0]);
            client.sendRaw(new byte[] {0x30, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F});
            expectDisconnect(client, 0x95);
        }
    }

    @Test
    void aFirstPacketThatClaims256MebibytesIsRefusedByItsLength() throws IOException {
        try (RawClient client = server.raw()) {
            client.sendRaw(new byte[] {0x10, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F});
            assertThat(client.readToEnd()).isNull();
        }
    }

    @Test
    @Spec("MQTT-3.1.0-2")
    void aSecondConnectEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("twice", true, new byte[0]);
            client.send(0x10, body().text("MQTT").u8(5).u8(2).u16(0).u8(0).text("twice"));
            expectDisconnect(client, 0x82);
        }
    }

    @Test
    @Spec("MQTT-3.1.0-1")
    void publishBeforeConnectEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.publish311(0, "a", 0, "b");
            assertThat(client.readToEnd()).isNull();
        }
    }

    @Test
    @Spec("MQTT-3.3.2-2")
    void aWildcardInATopicNameEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("wild", true, new byte[0]);
            client.send(0x30, body().text("a/+").u8(0));
            expectDisconnect(client, 0x90);
        }
    }

    @Test
    @Spec({"MQTT-1.5.4-1", "MQTT-1.5.4-2"})
    void aStringThatIsNotUtf8EndsTheConnection() throws IOException {
        for (byte[] topic : new byte[][] {{(byte) 0xC0, (byte) 0x80}, {'a', 0}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}}) {
            try (RawClient client = server.raw()) {
                client.connect5("utf8", true, new byte[0]);
                client.send(0x30, body().binary(topic).u8(0));
                expectDisconnect(client, 0x81);
            }
        }
    }

    @Test
    @Spec("MQTT-2.2.1-3")
    void packetIdentifier0EndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("zero", true, new byte[0]);
            client.send(0x32, body().text("a").u16(0).u8(0));
            expectDisconnect(client, 0x82);
        }
    }

    @Test
    @Spec("MQTT-3.3.4-9")
    void moreUnderWayThanTheReceiveMaximumEndsTheConnection() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("flood", true, new byte[0]);
            for (int id = 1; id <= 9; id++) {
                client.send(0x34, body().text("flood").u16(id).u8(0));
            }
            expectDisconnect(client, 0x93);
        }
    }

    @Test
    void moreSubscriptionsThanTheLimitAreRefusedOneByOne() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("many", true, new byte[0]);
            RawClient.Body subscribe = body().u16(1).u8(0);
            for (int i = 0; i < 5; i++) {
                subscribe.text("many/" + i).u8(0);
            }
            client.send(0x82, subscribe);
            assertThat(client.read().body()).endsWith(new byte[] {0, 0, 0, 0, (byte) 0x97});
        }
    }

    @Test
    void aTopicOfTheServersOwnIsNotPublishedTo() throws IOException {
        try (RawClient client = server.raw()) {
            client.connect5("sys", true, new byte[0]);
            client.send(0x32, body().text("$SYS/broker/version").u16(1).u8(0));
            Packet ack = client.read();
            assertThat(ack.first()).isEqualTo(0x40);
            assertThat(ack.body()[2]).isEqualTo((byte) 0x90);
        }
    }

    private static void expectDisconnect(RawClient client, int reason) throws IOException {
        Packet last = client.readToEnd();
        assertThat(last).isNotNull();
        assertThat(last.type()).isEqualTo(DISCONNECT);
        assertThat(last.body()[0]).isEqualTo((byte) reason);
    }
}
