package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tributary.core.TestBroker;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ChannelMethod;
import io.tributary.protocol.amqp.codec.ConnectionMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FrameEncoder;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.TxMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client library sends: it is answered with the protocol's error, and others do not notice. */
class BadInputIT {
    private static final String HOST = "127.0.0.1";
    private static TestBroker broker;
    private static int port;
    /** Of the same server, with less patience for those who do not open their connection. */
    private static int hastyPort;
    private Connection bystander;
    private Channel bystanding;

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
        port = broker.serve(new AmqpProtocol(config(Duration.ofSeconds(60))));
        hastyPort = broker.serve(new AmqpProtocol(config(Duration.ofSeconds(1))));
    }

    private static AmqpConfig config(Duration handshakeTimeout) {
        return new AmqpConfig(128 << 10, 2047, Duration.ofSeconds(60), 1 << 20, handshakeTimeout, Duration.ofSeconds(1), 1000, 16 << 20);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(port);
        factory.setHost(HOST);
        factory.setAutomaticRecoveryEnabled(false);
        bystander = factory.newConnection();
        bystanding = bystander.createChannel();
        bystanding.queueDeclare("bystander", true, false, false, null);
    }

    @AfterEach
    void bystanderIsUndisturbed() throws Exception {
        bystanding.basicPublish("", "bystander", null, new byte[] {1});
        assertThat(bystanding.basicGet("bystander", true)).isNotNull();
        bystander.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "AMQP\u0000\u0001\u0000\u0000", "AMQP\u0001\u0001\u0000\u0009", "garbage!garbage!"})
    void answersAnotherProtocolWithItsOwnHeader(String header) throws IOException {
        try (RawClient client = new RawClient(HOST, port)) {
            client.send(Unpooled.copiedBuffer(header, StandardCharsets.ISO_8859_1));

            assertThat(client.readToEnd()).containsExactly('A', 'M', 'Q', 'P', 0, 0, 9, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "414d51", "414d515000000901", "414d515000000901 01000000"})
    void closesAConnectionThatDoesNotOpenInTime(String beginning) throws IOException {
        try (RawClient client = new RawClient(HOST, hastyPort)) {
            client.send(RawClient.hex(beginning));

            client.readToEnd();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "501, 010001 7fffffff", "501, 030001 ffffffff", "501, 010001 00020000", "501, 090001 00000000 ce",
        "501, 010001 00000004 0014000a 00", "502, 010001 00000004 0014000a ce", "540, 010001 00000004 00630063 ce",
        "504, 010002 00000004 003c000b ce", "503, 080001 00000000 ce"})
    void endsTheConnectionOverABadFrame(int code, String frame) throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.send(RawClient.hex(frame));

            assertThat(client.replyCode()).isEqualTo(code);
            client.readToEnd();
        }
    }

    @Test
    void endsTheConnectionOverContentWithoutAPublication() throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.send(header(4));
            assertThat(client.replyCode()).isEqualTo(505);
        }
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.send(body(4));
            assertThat(client.replyCode()).isEqualTo(505);
        }
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.publish("q");
            client.method(1, new ChannelMethod.Flow(true));
            assertThat(client.replyCode()).isEqualTo(505);
        }
    }

    @Test
    void endsTheConnectionOverMoreBodyThanAnnounced() throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.publish("q");
            client.send(header(3));
            client.send(body(4));

            assertThat(client.replyCode()).isEqualTo(501);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1 << 20) + 1, Long.MAX_VALUE, -1})
    void refusesABodyOverTheLimitBeforeItComes(long size) throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.publish("q");
            client.send(header(size));

            assertThat(client.replyCode()).isEqualTo(406);
            client.send(body(100));
            client.method(1, new ChannelMethod.CloseOk());
            client.method(1, new ChannelMethod.Open());
            client.expect(20, 11);
        }
    }

    @Test
    void refusesToCommitWhatIsNoTransaction() throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.method(1, new TxMethod.Commit());

            assertThat(client.replyCode()).isEqualTo(406);
        }
    }

    @Test
    void refusesAnUnknownVirtualHostAndMechanism() throws IOException {
        try (RawClient client = new RawClient(HOST, port)) {
            client.send(RawClient.hex("414d515000000901"));
            client.expect(10, 10);
            client.login("SCRAM-SHA-512", "x");
            assertThat(client.replyCode()).isEqualTo(503);
        }
        try (RawClient client = new RawClient(HOST, port)) {
            client.send(RawClient.hex("414d515000000901"));
            client.expect(10, 10);
            client.login("ANONYMOUS", "");
            client.expect(10, 30);
            client.method(0, new ConnectionMethod.TuneOk(0, 0, 0));
            client.method(0, new ConnectionMethod.Open("elsewhere"));
            assertThat(client.replyCode()).isEqualTo(530);
        }
    }

    @Test
    void refusesToTuneUpwards() throws IOException {
        try (RawClient client = new RawClient(HOST, port)) {
            client.send(RawClient.hex("414d515000000901"));
            client.expect(10, 10);
            client.login("PLAIN", "\0guest\0guest");
            client.expect(10, 30);
            client.method(0, new ConnectionMethod.TuneOk(0, 1 << 20, 0));
            assertThat(client.replyCode()).isEqualTo(530);
        }
    }

    @Test
    void closesAConnectionThatMissesItsHeartbeats() throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 1)) {
            byte[] sent = client.readToEnd();

            assertThat(sent).startsWith(8, 0, 0, 0, 0, 0, 0, 0xCE);
        }
    }

    @Test
    void endsTheConnectionOverAServersMethod() throws IOException {
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.method(1, new BasicMethod.Deliver("t", 1, false, "", ""));

            assertThat(client.replyCode()).isEqualTo(503);
        }
    }

    @Test
    void givesBackWhatAConnectionHeldThatWasCutOff() throws Exception {
        bystanding.basicPublish("", "bystander", null, new byte[] {2});
        try (RawClient client = RawClient.open(HOST, port, 0)) {
            client.method(1, new QueueMethod.Declare("own", false, false, true, false, false, FieldTable.EMPTY));
            client.expect(50, 11);
            client.method(1, new BasicMethod.Consume("bystander", "c", false, false, false, false, FieldTable.EMPTY));
            client.expect(60, 21);
            client.expect(60, 60);
        }

        Awaitility.await().until(() -> broker.broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, "own")) == null);
        assertThat(bystanding.basicGet("bystander", true).getBody()).containsExactly(2);
    }

    private static ByteBuf header(long size) {
        ByteBuf out = Unpooled.buffer();
        FrameEncoder.writeHeader(out, 1, size, ContentProperties.EMPTY);
        return out;
    }

    private static ByteBuf body(int size) {
        ByteBuf out = Unpooled.buffer();
        FrameEncoder.writeBodyStart(out, 1, size);
        out.writeZero(size);
        FrameEncoder.writeBodyEnd(out);
        return out;
    }
}
