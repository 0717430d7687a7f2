package io.tributary.gateway.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The header of the PROXY protocol, from proxies that are trusted and from others. Without other settings Kafka advertises the address
 * that a client came to.
 */
class ProxyProtocolIT {
    private static final int PATIENCE_MS = 60_000;
    private static final byte[] VERSION_1 = "PROXY TCP4 10.1.2.3 10.9.9.9 40000 19092\r\n".getBytes(US_ASCII);
    /** The signature, version 2 and PROXY, TCP over IPv4, 12 bytes: 10.1.2.3, 10.9.9.9, 40000, 19092. */
    private static final byte[] VERSION_2 =
        HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "0a010203" + "0a090909" + "9c40" + "4a94");
    /** LOCAL, without addresses. */
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20000000");
    private static TributaryServer behind;
    private static TributaryServer direct;

    @BeforeAll
    static void start() {
        behind = TributaryServer.start("--tributary.net.trusted-proxies=10.0.0.0/8,127.0.0.1");
        direct = TributaryServer.start("--tributary.net.trusted-proxies=10.0.0.0/8");
    }

    @AfterAll
    static void stop() {
        behind.close();
        direct.close();
    }

    private static byte[] metadataRequest() {
        RequestHeader header = new RequestHeader(ApiKeys.METADATA, (short) 4, "test", 1);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(new MetadataRequestData(), (short) 4).buffer();
        return ByteBuffer.allocate(4 + head.remaining() + body.remaining()).putInt(head.remaining() + body.remaining()).put(head).put(body)
            .array();
    }

    /** The port that a client behind this header is sent to; -1 when the connection ends instead. */
    private static int advertisedPort(TributaryServer server, byte[] header) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("kafka"))) {
            socket.setSoTimeout(PATIENCE_MS);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(header);
            bytes.writeBytes(metadataRequest());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            bytes.writeTo(out);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] response = new byte[in.readInt()];
            in.readFully(response);
            RequestHeader request = new RequestHeader(ApiKeys.METADATA, (short) 4, "test", 1);
            MetadataResponse metadata = (MetadataResponse) AbstractResponse.parseResponse(ByteBuffer.wrap(response), request);
            return metadata.brokers().iterator().next().port();
        } catch (EOFException | SocketException closed) {
            return -1;
        }
    }

    @Test
    void aTrustedProxyIsBelievedInBothVersions() throws IOException {
        assertThat(advertisedPort(behind, VERSION_1)).isEqualTo(19092);
        assertThat(advertisedPort(behind, VERSION_2)).isEqualTo(19092);
    }

    @Test
    void aProxyOnItsOwnAccountIsWhereItIs() throws IOException {
        assertThat(advertisedPort(behind, LOCAL)).isEqualTo(behind.port("kafka"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 nowhere 10.9.9.9 1 2\r\n", "PROXY TCP4 10.1.2.3 10.9.9.9 99999 2\r\n",
        "GET / HTTP/1.1\r\n\r\n"})
    void withoutARightHeaderATrustedProxyGetsNothing(String header) throws IOException {
        assertThat(advertisedPort(behind, header.getBytes(US_ASCII))).isEqualTo(-1);
    }

    @Test
    void nobodyElseIsBelieved() throws IOException {
        assertThat(advertisedPort(direct, VERSION_1)).isEqualTo(-1);
        assertThat(advertisedPort(direct, VERSION_2)).isEqualTo(-1);
        assertThat(advertisedPort(direct, new byte[0])).isEqualTo(direct.port("kafka"));
    }
}
