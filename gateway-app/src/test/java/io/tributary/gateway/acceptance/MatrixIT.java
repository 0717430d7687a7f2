package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import io.tributary.gateway.acceptance.client.MqttClients;
import io.tributary.gateway.acceptance.client.Tongue.Reading;
import io.tributary.gateway.acceptance.client.Tongue.Writing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What any protocol writes, every other reads: body, subject and metadata, in order. */
class MatrixIT {
    private static final int RECORDS = 25;
    private static TributaryServer server;
    private static Endpoints at;

    @BeforeAll
    static void start() {
        server = TributaryServer.start();
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> pairs() {
        return Arrays.stream(Writing.values()).flatMap(w -> Arrays.stream(Reading.values()).map(r -> Arguments.arguments(w, r)));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("pairs")
    void carriesBodySubjectAndMetadataInOrder(Writing writing, Reading reading) throws Exception {
        List<Message> messages = messages("line/7", RECORDS);
        assertThat(roundTrip("m-" + writing + "-" + reading, writing, reading, messages)).containsExactlyElementsOf(messages);
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("pairs")
    void carriesWhatIsUnusual(Writing writing, Reading reading) throws Exception {
        List<Message> messages = List.of(
            Message.of("empty", new byte[0]),
            Message.of("binary", allBytes()),
            Message.of("a/b.c/d e", "levels and dots".getBytes(StandardCharsets.UTF_8)),
            Message.text("straße/Ωμέγα/雪/😀", "grüße ✓ 日本語 😀").withMetadata("text/plain; charset=utf-8", "corr-u", Map.of()),
            Message.of("large", random(900 * 1024)));
        assertThat(roundTrip("u-" + writing + "-" + reading, writing, reading, messages)).containsExactlyElementsOf(messages);
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("pairs")
    void carriesRecordsWithoutSubject(Writing writing, Reading reading) throws Exception {
        List<Message> messages = messages(null, 5);
        assertThat(roundTrip("n-" + writing + "-" + reading, writing, reading, messages)).containsExactlyElementsOf(messages);
    }

    @ParameterizedTest
    @EnumSource(Writing.class)
    void mqtt3ReadsWhatAnyProtocolWrites(Writing writing) throws Exception {
        String topic = "v3-from-" + writing;
        KafkaClients.createTopic(at, topic, 1);
        List<Message> messages = messages("line/7", RECORDS);
        try (MessageReader reader = MqttClients.reader3(at, topic); MessageWriter writer = writing.open(at, topic)) {
            writer.write(messages);
            assertThat(reader.read(RECORDS)).containsExactlyElementsOf(bare(messages));
        }
    }

    @ParameterizedTest
    @EnumSource(Reading.class)
    void anyProtocolReadsWhatMqtt3Writes(Reading reading) throws Exception {
        String topic = "v3-to-" + reading;
        KafkaClients.createTopic(at, topic, 1);
        List<Message> messages = bare(messages("line/7", RECORDS));
        try (MessageReader reader = reading.open(at, topic); MessageWriter writer = MqttClients.writer3(at, topic)) {
            writer.write(messages);
            assertThat(reader.read(RECORDS)).containsExactlyElementsOf(messages);
        }
    }

    @Test
    void allReadersSeeTheSameTopicAtOnceInTheSameOrder() throws Exception {
        String topic = "all-at-once";
        KafkaClients.createTopic(at, topic, 1);
        Map<Reading, MessageReader> readers = new EnumMap<>(Reading.class);
        for (Reading reading : Reading.values()) {
            readers.put(reading, reading.open(at, topic));
        }
        List<Message> written = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (Writing writing : Writing.values()) {
                List<Message> part = messages("by/" + writing, 4);
                try (MessageWriter writer = writing.open(at, topic)) {
                    writer.write(part);
                }
                written.addAll(part);
            }
        }
        for (Map.Entry<Reading, MessageReader> each : readers.entrySet()) {
            try (MessageReader reader = each.getValue()) {
                assertThat(reader.read(written.size())).as("read by %s", each.getKey()).containsExactlyElementsOf(written);
            }
        }
    }

    @Test
    void allReadersSeeWhatAKafkaClientHadDelayed() throws Exception {
        String topic = "delayed-by-header";
        KafkaClients.createTopic(at, topic, 1, Map.of("tributary.delay.headers", "true"));
        Map<Reading, MessageReader> readers = new EnumMap<>(Reading.class);
        for (Reading reading : Reading.values()) {
            readers.put(reading, reading.open(at, topic));
        }
        Message later = Message.text("line/7", "later").withMetadata("text/plain", "c1", Map.of("delay", "500ms"));
        Message now = Message.text("line/7", "now").withMetadata("text/plain", "c2", Map.of());
        try (MessageWriter writer = KafkaClients.writer(at, topic)) {
            writer.write(List.of(later, now));
        }
        for (Map.Entry<Reading, MessageReader> each : readers.entrySet()) {
            try (MessageReader reader = each.getValue()) {
                assertThat(reader.read(2)).as("read by %s", each.getKey()).containsExactly(now, later);
            }
        }
    }

    private static List<Message> roundTrip(String topic, Writing writing, Reading reading, List<Message> messages) throws Exception {
        KafkaClients.createTopic(at, topic, 1);
        try (MessageReader reader = reading.open(at, topic); MessageWriter writer = writing.open(at, topic)) {
            writer.write(messages);
            return reader.read(messages.size());
        }
    }

    private static List<Message> messages(@Nullable String subject, int count) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(Message.text(subject, "body " + i)
                .withMetadata("text/x-" + i, "correlation-" + i, Map.of("x-device", "d" + i, "x-site", "north")));
        }
        return messages;
    }

    private static List<Message> bare(List<Message> messages) {
        return messages.stream().map(each -> Message.of(each.subject(), each.body())).toList();
    }

    private static byte[] allBytes() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(4711).nextBytes(bytes);
        return bytes;
    }
}
