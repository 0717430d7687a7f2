package io.tributary.gateway.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections there may be, in all and of one address, at each of the four protocols. */
class ConnectionLimitIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(20);
    private static final int MAX = 5;
    private static final int MAX_OF_ADDRESS = 3;
    /** ApiVersions of version 0. */
    private static final byte[] VERSIONS = ByteBuffer.allocate(14).putInt(10).putShort((short) 18).putShort((short) 0).putInt(1)
        .putShort((short) -1).array();

    private final List<RawConnection> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (RawConnection each : open) {
            each.close();
        }
    }

    private RawConnection connect(int port) throws IOException {
        RawConnection connection = new RawConnection("127.0.0.1", port);
        open.add(connection);
        return connection;
    }

    private static void assertServed(RawConnection kafka) throws IOException {
        int size = ByteBuffer.wrap(kafka.send(VERSIONS).read(Integer.BYTES)).getInt();
        assertThat(kafka.read(size)).hasSize(size);
    }

    private static String metrics(Endpoints at) throws Exception {
        return HttpClients.ok(HttpClient.newHttpClient(), HttpClients.request(at, "/actuator/prometheus").build());
    }

    @Test
    void oneAddressHasItsShareOfEachProtocol() throws Exception {
        try (TributaryServer server = TributaryServer.start("--tributary.net.max-connections=" + 2 * MAX,
            "--tributary.net.max-connections-per-address=" + MAX_OF_ADDRESS)) {
            Endpoints at = server.endpoints();
            for (int port : new int[] {at.kafka(), at.amqp(), at.mqtt()}) {
                // Which of them is one too many is up to the event loops that take them in.
                for (int i = 0; i < MAX_OF_ADDRESS + 1; i++) {
                    connect(port);
                }
            }
            for (String protocol : List.of("kafka", "amqp", "mqtt")) {
                await(protocol).atMost(PATIENCE).untilAsserted(() -> assertThat(metrics(at))
                    .contains("tributary_connections_refused_total{protocol=\"" + protocol + "\",reason=\"address\"} 1.0")
                    .contains("tributary_connections_refused_total{protocol=\"" + protocol + "\",reason=\"total\"} 0.0")
                    .contains("tributary_connections{protocol=\"" + protocol + "\"} 3.0"));
            }
            close();
            await("room for another").atMost(PATIENCE).ignoreExceptions().until(() -> {
                assertServed(connect(at.kafka()));
                return true;
            });
        }
    }

    @Test
    void theClientsOfAProxyAreCountedByTheirOwnAddresses() throws Exception {
        try (TributaryServer server = TributaryServer.start("--tributary.net.max-connections=" + MAX,
            "--tributary.net.max-connections-per-address=1", "--tributary.net.trusted-proxies=127.0.0.1")) {
            int port = server.endpoints().kafka();
            for (int i = 1; i <= MAX; i++) {
                assertServed(connect(port).send(header(i)));
            }
            connect(port).send(header(MAX + 1)).awaitClose(AT_ONCE);
            open.get(0).close();
            await("room for another").atMost(PATIENCE).ignoreExceptions().until(() -> {
                assertServed(connect(port).send(header(MAX + 1)));
                return true;
            });
            open.get(1).close();
            await("the second's end").atMost(PATIENCE).until(() -> {
                connect(port).send(header(3)).awaitClose(PATIENCE);
                return metrics(server.endpoints()).lines().anyMatch(line ->
                    line.startsWith("tributary_connections_refused_total{protocol=\"kafka\",reason=\"address\"}")
                        && !line.endsWith(" 0.0"));
            });
        }
    }

    private static byte[] header(int client) {
        return ("PROXY TCP4 10.1.2." + client + " 10.9.9.9 40000 19092\r\n").getBytes(US_ASCII);
    }
}
