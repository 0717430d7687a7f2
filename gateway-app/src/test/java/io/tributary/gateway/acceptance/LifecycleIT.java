package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.tributary.gateway.acceptance.ServerProcess.Launch;
import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import io.tributary.gateway.acceptance.client.MqttClients;
import io.tributary.gateway.acceptance.client.Tongue.Reading;
import io.tributary.gateway.acceptance.client.Tongue.Writing;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server as a process: settings, readiness, what it prints, how it ends. */
class LifecycleIT {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final int REPLY_CODE_CONNECTION_FORCED = 320;

    @TempDir
    private Path directory;

    @Test
    void printsWhichPortSpeaksWhat() throws Exception {
        Endpoints at = FreePorts.endpoints();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), at)) {
            assertThat(server.output().toLowerCase(Locale.ROOT)).as("what the server printed")
                .containsPattern("kafka.*" + at.kafka()).containsPattern("amqp.*" + at.amqp())
                .containsPattern("mqtt.*" + at.mqtt()).containsPattern("http.*" + at.http());
        }
    }

    @Test
    void picksFreePortsForZeroAndPrintsThem() throws Exception {
        Endpoints zero = new Endpoints("127.0.0.1", 0, 0, 0, 0);
        Path output = directory.resolve("log");
        Process process = ServerProcess.spawn(Launch.of(output, TributaryServer.settings(directory.resolve("data"), zero)));
        try {
            await("readiness").atMost(Duration.ofSeconds(90)).until(() -> !process.isAlive() || Files.readString(output).contains("ready"));
            String printed = Files.readString(output);
            Endpoints at = new Endpoints("127.0.0.1", port(printed, "Kafka"), port(printed, "AMQP"), port(printed, "MQTT"),
                port(printed, "HTTP"));
            roundTrip(at, "zero", Writing.MQTT, Reading.HTTP_PULL);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void takesSettingsFromTheEnvironment() throws Exception {
        Endpoints at = FreePorts.endpoints();
        Path data = directory.resolve("from-environment");
        Launch launch = Launch.of(directory.resolve("log"), List.of()).withEnvironment(Map.of(
            "TRIBUTARY_DATA_DIR", data.toString(),
            "TRIBUTARY_BIND_ADDRESS", at.host(),
            "TRIBUTARY_KAFKA_PORT", Integer.toString(at.kafka()),
            "TRIBUTARY_AMQP_PORT", Integer.toString(at.amqp()),
            "TRIBUTARY_MQTT_PORT", Integer.toString(at.mqtt()),
            "SERVER_PORT", Integer.toString(at.http()),
            "TRIBUTARY_LOG_DURABILITY", "os"));
        try (ServerProcess server = ServerProcess.start(launch, at)) {
            roundTrip(at, "environment", Writing.HTTP, Reading.KAFKA);
            assertThat(data).isNotEmptyDirectory();
            assertThat(server.terminate(STOP_PATIENCE)).isZero();
        }
    }

    @Test
    void terminatesInOrderWithClientsConnected() throws Exception {
        Endpoints at = FreePorts.endpoints();
        AtomicReference<@Nullable ShutdownSignalException> amqpEnd = new AtomicReference<>();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), at)) {
            KafkaClients.createTopic(at, "busy", 1);
            List<MessageReader> readers = new ArrayList<>();
            for (Reading reading : Reading.values()) {
                readers.add(reading.open(at, "busy"));
            }
            Connection connection = AmqpClients.connect(at);
            Channel channel = connection.createChannel();
            connection.addShutdownListener(amqpEnd::set);
            channel.basicConsume(channel.queueDeclare().getQueue(), (tag, delivery) -> { }, tag -> { });
            Mqtt5BlockingClient mqtt = MqttClients.client5(at, "connected");
            mqtt.connect();
            mqtt.publishWith().topic("busy/1").qos(MqttQos.EXACTLY_ONCE).send();
            assertThat(server.terminate(STOP_PATIENCE)).as("exit status").isZero();
            await("the AMQP client hears of it").until(() -> amqpEnd.get() != null);
            assertThat(Objects.requireNonNull(amqpEnd.get()).getReason()).isInstanceOfSatisfying(AMQP.Connection.Close.class,
                close -> assertThat(close.getReplyCode()).isEqualTo(REPLY_CODE_CONNECTION_FORCED));
            await("the MQTT client hears of it").until(() -> !mqtt.getState().isConnected());
            for (MessageReader reader : readers) {
                closeQuietly(reader);
            }
        }
    }

    @Test
    void refusesADataDirectoryInUseInOneLine() throws Exception {
        Endpoints at = FreePorts.endpoints();
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, at)) {
            assertThat(failure(data, FreePorts.endpoints())).hasSize(1).first().asString().contains(data.toString());
            assertThat(server.isAlive()).isTrue();
            roundTrip(at, "undisturbed", Writing.KAFKA, Reading.AMQP);
        }
    }

    @Test
    void refusesEachPortInUseInOneLine() throws Exception {
        for (int i = 0; i < 4; i++) {
            try (ServerSocket taken = new ServerSocket(FreePorts.next())) {
                int port = taken.getLocalPort();
                Endpoints at = new Endpoints("127.0.0.1", i == 0 ? port : FreePorts.next(), i == 1 ? port : FreePorts.next(),
                    i == 2 ? port : FreePorts.next(), i == 3 ? port : FreePorts.next());
                assertThat(failure(directory.resolve("data-" + i), at)).hasSize(1).first().asString().contains(Integer.toString(port));
            }
        }
    }

    @Test
    void refusesSettingsThatDoNotExistOrDoNotFit() throws Exception {
        assertThat(failure(directory.resolve("a"), FreePorts.endpoints(), "--tributary.log.durability=sometimes"))
            .hasSize(1).first().asString().contains("durability");
        assertThat(failure(directory.resolve("b"), FreePorts.endpoints(), "--tributary.kafka.prot=1"))
            .hasSize(1).first().asString().contains("tributary.kafka.prot");
    }

    @Test
    void refusesAnObjectStoreThatCannotBeUsedInOneLine() throws Exception {
        assertThat(failure(directory.resolve("a"), FreePorts.endpoints(), "--tributary.tier.bucket=some-bucket",
            "--tributary.tier.endpoint=http://127.0.0.1:1", "--tributary.tier.region=us-east-1", "--tributary.tier.access-key=a",
            "--tributary.tier.secret-key=b"))
            .hasSize(1).first().asString().contains("some-bucket").contains("http://127.0.0.1:1").contains("cannot be reached");
        assertThat(failure(directory.resolve("b"), FreePorts.endpoints(), "--tributary.tier.bucket=some-bucket",
            "--tributary.tier.access-key=a")).hasSize(1).first().asString().contains("tributary.tier.access-key");
    }

    @Test
    void runsOnTheNewestJava() throws Exception {
        Path java = newerJava();
        Endpoints at = FreePorts.endpoints();
        Launch launch = Launch.of(directory.resolve("log"), TributaryServer.settings(directory.resolve("data"), at)).withJava(java);
        try (ServerProcess server = ServerProcess.start(launch, at)) {
            roundTrip(at, "a", Writing.KAFKA, Reading.MQTT);
            roundTrip(at, "b", Writing.MQTT, Reading.AMQP);
            roundTrip(at, "c", Writing.AMQP, Reading.HTTP_PULL);
            roundTrip(at, "d", Writing.HTTP, Reading.KAFKA);
            assertThat(server.terminate(STOP_PATIENCE)).isZero();
        }
    }

    private static Path newerJava() throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        Assumptions.assumeTrue(Files.isDirectory(installed), "no other JDK is installed");
        try (Stream<Path> homes = Files.list(installed)) {
            List<Path> newer = homes.filter(home -> home.getFileName().toString().contains("25"))
                .map(home -> home.resolve("bin/java")).filter(Files::isExecutable).toList();
            Assumptions.assumeFalse(newer.isEmpty(), "no JDK 25 is installed");
            return newer.get(0);
        }
    }

    /** Starts a server that must not start, and returns the lines it printed; it must have ended with 1. */
    private List<String> failure(Path data, Endpoints at, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(TributaryServer.settings(data, at));
        arguments.addAll(List.of(settings));
        Path output = Files.createTempFile(directory, "failure", ".log");
        Process process = ServerProcess.spawn(Launch.of(output, arguments));
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("the second server ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(1);
        return Files.readAllLines(output);
    }

    private static int port(String printed, String title) {
        Matcher matcher = Pattern.compile(title + ".*?:(\\d+)").matcher(printed);
        assertThat(matcher.find()).as("a line about %s in: %s", title, printed).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static void roundTrip(Endpoints at, String topic, Writing writing, Reading reading) throws Exception {
        KafkaClients.createTopic(at, topic, 1);
        List<Message> messages = List.of(Message.text("k", "one"), Message.text("k", "two"));
        try (MessageReader reader = reading.open(at, topic); MessageWriter writer = writing.open(at, topic)) {
            writer.write(messages);
            assertThat(reader.read(2)).containsExactlyElementsOf(messages);
        }
    }

    private static void closeQuietly(MessageReader reader) {
        try {
            reader.close();
        } catch (Exception serverGone) {
            // The server has ended before its client, which is what the test is about.
            return;
        }
    }
}
