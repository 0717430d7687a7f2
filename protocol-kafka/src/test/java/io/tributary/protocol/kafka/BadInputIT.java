package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What no client of Kafka sends, over a real socket: the connection ends, and nobody else notices. */
class BadInputIT {
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(KafkaFixture.CONFIG.withTimeouts(Duration.ofSeconds(2), Duration.ofMinutes(10)));
        fixture.createTopic("undisturbed", 1);
    }

    @AfterAll
    static void stop() {
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        assertThat(get(producer.send(new ProducerRecord<>("undisturbed", "k", "v"))).offset()).isNotNegative();
        fixture.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port());
        socket.setSoTimeout((int) KafkaFixture.PATIENCE.toMillis());
        return socket;
    }

    private static void assertClosedByTheBroker(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void garbageClosesTheConnection() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            try (Socket socket = connect()) {
                byte[] garbage = new byte[1000];
                new Random(seed).nextBytes(garbage);
                socket.getOutputStream().write(garbage);
                assertClosedByTheBroker(socket);
            }
        }
    }

    @Test
    void aClaimOfTwoGibibytesClosesTheConnection() throws IOException {
        try (Socket socket = connect()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(Integer.MAX_VALUE);
            out.writeShort(0);
            assertClosedByTheBroker(socket);
        }
    }

    @Test
    void aNegativeSizeClosesTheConnection() throws IOException {
        try (Socket socket = connect()) {
            new DataOutputStream(socket.getOutputStream()).writeInt(-5);
            assertClosedByTheBroker(socket);
        }
    }

    @Test
    @OwnBroker("its time for half a frame; Kafka waits as long as for any idle connection, 10 min")
    void halfAFrameAndThenSilenceClosesTheConnection() throws IOException {
        try (Socket socket = connect()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(90 << 20);
            out.writeShort(0);
            out.writeShort(9);
            assertClosedByTheBroker(socket);
        }
    }

    @Test
    void aRequestOfHttpClosesTheConnection() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertClosedByTheBroker(socket);
        }
    }
}
