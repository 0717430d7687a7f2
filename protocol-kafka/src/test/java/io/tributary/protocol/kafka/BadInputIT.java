package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
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

    private static void assertTooMany(Future<?> creation) {
        assertThatThrownBy(() -> get(creation)).isInstanceOf(PolicyViolationException.class)
            .hasMessageContaining("Excessively large number");
    }

    @Test
    void noRequestMakesAMillionPartitions() {
        Admin admin = fixture.admin();
        assertTooMany(admin.createTopics(List.of(new NewTopic("vast", 1_000_000, (short) 1))).all());
        assertTooMany(admin.createTopics(List.of(new NewTopic("wide", 9_999, (short) 1), new NewTopic("broad", 2, (short) 1))).all());
        assertTooMany(admin.createPartitions(Map.of("undisturbed", NewPartitions.increaseTo(20_000))).all());
        assertThat(get(admin.listTopics().names())).doesNotContain("vast", "wide", "broad");
    }

    @Test
    @OwnBroker("its bound of a request's memory")
    void topicsOfOneNameDoNotHoldUpTheBroker() throws IOException {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(1000).setValidateOnly(true);
        for (int i = 0; i < 300; i++) {
            request.topics().add(new CreatableTopic().setName("same").setNumPartitions(1).setReplicationFactor((short) 1));
        }
        assertThat(new WireClient(fixture.port()).exchange(ApiKeys.CREATE_TOPICS, 5, request).errorCounts()).isNotEmpty();
        ByteBuffer many = ByteBuffer.allocate(1 << 20).putShort(ApiKeys.CREATE_TOPICS.id).putShort((short) 4).putInt(1)
            .putShort((short) -1);
        ByteBuffer topics = MessageUtil.toByteBufferAccessor(request, (short) 4).buffer();
        int each = (topics.remaining() - 9) / 300;
        many.putInt(20_000);
        byte[] one = Arrays.copyOfRange(topics.array(), topics.arrayOffset() + topics.position() + 4,
            topics.arrayOffset() + topics.position() + 4 + each);
        for (int i = 0; i < 20_000; i++) {
            many.put(one);
        }
        many.putInt(1000).put((byte) 1).flip();
        try (Socket socket = connect()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(many.remaining());
            out.write(many.array(), 0, many.remaining());
            assertClosedByTheBroker(socket);
        }
    }
}
