package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.ServerProcess.Launch;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes that no client would send, at each port of a server with little memory. The connection is closed, the memory is not used up, and
 * the well-behaved clients go on.
 */
class BadInputIT {
    /** Longer than any of the server's own limits of the time that an unfinished greeting may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REPEATS = 100;
    private static final int IDLE_CONNECTIONS = 300;
    private static final long HEAP_BOUND = 200L << 20;

    private static ServerProcess server;
    private static Endpoints at;
    private static Bystanders bystanders;

    /** A port. */
    private enum Port {
        KAFKA, AMQP, MQTT, HTTP;

        RawConnection connect() throws IOException {
            int number = switch (this) {
                case KAFKA -> at.kafka();
                case AMQP -> at.amqp();
                case MQTT -> at.mqtt();
                case HTTP -> at.http();
            };
            return new RawConnection(at.host(), number);
        }

        /** The beginning of a legal conversation, cut in the middle of a frame. */
        byte[] halfFrame() {
            return switch (this) {
                case KAFKA -> hex("00000020 0012 0003 00000001");
                case AMQP -> new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1, 1, 0, 0, 0, 0};
                case MQTT -> hex("10 20 0004 4D51");
                case HTTP -> "POST /v1/topics/x/messages HTTP/1.1\r\nHost: x\r\nContent-Le".getBytes(StandardCharsets.US_ASCII);
            };
        }
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        at = FreePorts.endpoints();
        Launch launch = Launch.of(directory.resolve("log"), TributaryServer.settings(directory.resolve("data"), at))
            .withJvmOptions("-Xmx256m", "-XX:MaxDirectMemorySize=160m", "-XX:+ExitOnOutOfMemoryError");
        server = ServerProcess.start(launch, at);
        bystanders = new Bystanders(at);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            bystanders.close();
        } finally {
            server.close();
        }
    }

    @AfterEach
    void nobodyElseIsDisturbed() throws Exception {
        bystanders.awaitTurns();
        assertThat(server.isAlive()).as(server.output()).isTrue();
        assertThat(server.output()).doesNotContain("OutOfMemory").doesNotContain("LEAK");
        assertThat(heapUsed()).as("heap in use").isLessThan(HEAP_BOUND);
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void closesOnGarbage(Port port) throws Exception {
        Random random = new Random(2026);
        for (int i = 0; i < REPEATS; i++) {
            byte[] garbage = new byte[64 + random.nextInt(4_096)];
            random.nextBytes(garbage);
            garbage[0] |= (byte) 0x80;
            try (RawConnection connection = port.connect()) {
                // The empty line ends what HTTP would otherwise wait for as the rest of a line: see closesWhatStops...
                connection.send(garbage).send("\r\n\r\n").awaitClose(PATIENCE);
            }
        }
    }

    @Test
    void answersGarbageInTheProtocolsOwnWay() throws Exception {
        try (RawConnection amqp = Port.AMQP.connect()) {
            assertThat(amqp.send("HTTP/1.1 what?").awaitClose(PATIENCE)).isEqualTo(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        }
        try (RawConnection http = Port.HTTP.connect()) {
            assertThat(text(http.send("\u0001\u0002 nonsense\r\n\r\n").awaitClose(PATIENCE))).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void closesWhatStopsInTheMiddleOfAFrameOrDripsForEver() throws Exception {
        ExecutorService waiting = Executors.newCachedThreadPool();
        List<Future<byte[]>> closed = new ArrayList<>();
        List<RawConnection> silent = new ArrayList<>();
        List<RawConnection> dripping = new ArrayList<>();
        try {
            for (List<RawConnection> connections : List.of(silent, dripping)) {
                for (Port port : Port.values()) {
                    RawConnection connection = port.connect().send(port.halfFrame());
                    connections.add(connection);
                    closed.add(waiting.submit(() -> connection.awaitClose(PATIENCE)));
                }
            }
            await("all closed").atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> {
                dripping.forEach(each -> each.send("x"));
                return closed.stream().allMatch(Future::isDone);
            });
            for (Future<byte[]> each : closed) {
                each.get(1, TimeUnit.SECONDS);
            }
        } finally {
            for (RawConnection each : silent) {
                each.close();
            }
            for (RawConnection each : dripping) {
                each.close();
            }
            waiting.shutdownNow();
        }
    }

    @Test
    void refusesAFrameOfTwoGibibytesBeforeTakingMemory() throws Exception {
        byte[] filler = new byte[64 << 10];
        for (int i = 0; i < REPEATS; i++) {
            try (RawConnection kafka = Port.KAFKA.connect(); RawConnection amqp = Port.AMQP.connect();
                 RawConnection mqtt = Port.MQTT.connect(); RawConnection http = Port.HTTP.connect()) {
                kafka.send(hex("7FFFFFFF")).send(filler);
                amqp.send(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1}).send(hex("01 0000 7FFFFFFF")).send(filler);
                mqtt.send(hex("10 FFFFFF7F")).send(filler);
                http.send("POST /v1/topics/x/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2147483648\r\n\r\n").send(filler);
                kafka.awaitClose(PATIENCE);
                amqp.awaitClose(PATIENCE);
                mqtt.awaitClose(PATIENCE);
                assertThat(text(http.awaitClose(PATIENCE))).startsWith("HTTP/1.1 413");
            }
        }
    }

    @Test
    void refusesLengthsInsideAFrameThatTheFrameCannotHold() throws Exception {
        // A Metadata request, version 1, of 18 bytes that claims 2,147,483,647 topics.
        byte[] metadata = hex("00000012 0003 0001 00000001 0002 6162 7FFFFFFF 0001");
        // A Produce request, version 9, whose compact array claims 4,294,967,294 topics.
        byte[] produce = hex("00000019 0000 0009 00000002 0002 6162 00 00 FFFF 00007530 FFFFFFFF0F 00");
        byte[] connect = hex("10 0E 0004 4D515454 04 02 003C 0002 6162");
        for (int i = 0; i < REPEATS; i++) {
            try (RawConnection first = Port.KAFKA.connect(); RawConnection second = Port.KAFKA.connect();
                 RawConnection mqtt = Port.MQTT.connect(); RawConnection greeting = Port.MQTT.connect()) {
                first.send(metadata).awaitClose(PATIENCE);
                second.send(produce).awaitClose(PATIENCE);
                mqtt.send(connect);
                assertThat(mqtt.read(4)).isEqualTo(hex("20020000"));
                mqtt.send(hex("30 FFFFFF7F 0001 61")).awaitClose(PATIENCE);
                // A client identifier of 65,535 bytes in a packet of 14.
                greeting.send(hex("10 0E 0004 4D515454 04 02 003C FFFF 6162")).awaitClose(PATIENCE);
            }
        }
    }

    @Test
    void holdsManyIdleConnections() throws Exception {
        List<RawConnection> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                for (Port port : Port.values()) {
                    idle.add(port.connect());
                }
            }
            bystanders.awaitTurns();
        } finally {
            for (RawConnection each : idle) {
                each.close();
            }
        }
    }

    /** Heap in use, after what the last collection left and what came since. */
    private static double heapUsed() throws Exception {
        String metrics = HttpClients.ok(HttpClient.newHttpClient(), HttpClients.request(at, "/actuator/prometheus").build());
        return metrics.lines().filter(line -> line.startsWith("jvm_gc_live_data_size_bytes"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
