package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.MqttClients;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL to a real process in the middle of writing through every protocol, again and again, on one data directory. */
class KillIT {
    private static final int ROUNDS = 3;
    private static final int RECORDS_A_ROUND = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "os"})
    void losesNothingThatWasAcknowledged(String durability) throws Exception {
        Endpoints at = FreePorts.endpoints();
        Path data = directory.resolve("data");
        String setting = "--tributary.log.durability=" + durability;
        AcknowledgedLoad amqp = new AcknowledgedLoad("amqp");
        AcknowledgedLoad mqtt = new AcknowledgedLoad("mqtt");
        AcknowledgedLoad http = new AcknowledgedLoad("http");
        ServerProcess server = ServerProcess.start(data, at, setting);
        try {
            for (String topic : List.of("kafka", "amqp", "mqtt", "http")) {
                KafkaClients.createTopic(at, topic, 1);
            }
            try (IdempotentLoad kafka = new IdempotentLoad(at, "kafka")) {
                for (int round = 1; round <= ROUNDS; round++) {
                    amqp.start(AmqpClients.writer(at, "amqp"));
                    mqtt.start(MqttClients.writer5(at, "mqtt"));
                    http.start(HttpClients.jsonWriter(at, "http"));
                    int before = kafka.count();
                    int goal = round * RECORDS_A_ROUND;
                    await("acknowledgements of every protocol").atMost(PATIENCE).until(() -> kafka.failure() != null
                        || kafka.count() >= before + RECORDS_A_ROUND
                        && amqp.count() >= goal && mqtt.count() >= goal && http.count() >= goal);
                    server.kill();
                    for (AcknowledgedLoad load : List.of(amqp, mqtt, http)) {
                        load.join();
                    }
                    server = ServerProcess.start(data, at, setting);
                }
                int sent = kafka.finish();
                assertThat(kafka.failure()).isNull();
                assertThat(read(at, "kafka")).as("the idempotent producer's records, each once")
                    .isEqualTo(IntStream.range(0, sent).boxed().toList());
            }
            for (AcknowledgedLoad load : List.of(amqp, mqtt, http)) {
                List<Integer> stored = read(at, load.name());
                Set<Integer> lost = new TreeSet<>(load.acknowledged());
                stored.forEach(lost::remove);
                assertThat(lost).as("acknowledged by %s and lost", load.name()).isEmpty();
                assertThat(stored).as("order of %s, nothing twice", load.name()).isSorted().doesNotHaveDuplicates();
            }
        } finally {
            server.close();
        }
    }

    /** Reads all that the topic's only partition holds, as numbers. */
    private static List<Integer> read(Endpoints at, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<Integer> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "check-" + UUID.randomUUID())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                assertThat(System.nanoTime()).as("time to read %s to its end", topic).isLessThan(deadline);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    numbers.add(Integer.valueOf(new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
        }
        return numbers;
    }
}
