package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL to a real process in the middle of Kafka transactions, again and again: every record is taken from topic to topic once. */
class TransactionKillIT {
    private static final int ROUNDS = 3;
    private static final int RECORDS_A_ROUND = 200;
    private static final int RECORDS = (ROUNDS + 1) * RECORDS_A_ROUND;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @SuppressWarnings("FutureReturnValueIgnored") // A record that is missing tells of it.
    @ParameterizedTest
    @ValueSource(strings = {"fsync", "os"})
    void everyRecordIsTransformedOnce(String durability) throws Exception {
        Endpoints at = FreePorts.endpoints();
        Path data = directory.resolve("data");
        String setting = "--tributary.log.durability=" + durability;
        ServerProcess server = ServerProcess.start(data, at, setting);
        try {
            KafkaClients.createTopic(at, "from", 1);
            KafkaClients.createTopic(at, "to", 2);
            try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of())) {
                IntStream.range(0, RECORDS).forEach(i ->
                    producer.send(new ProducerRecord<>("from", Integer.toString(i).getBytes(StandardCharsets.UTF_8))));
            }
            TransactionalLoad load = new TransactionalLoad(at, "from", "to", RECORDS);
            load.start();
            for (int round = 1; round <= ROUNDS; round++) {
                int goal = round * RECORDS_A_ROUND;
                await("committed transactions").atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> load.done() >= goal);
                server.kill();
                server = ServerProcess.start(data, at, setting);
            }
            await("all transactions").atMost(PATIENCE).until(() -> !load.isRunning());
            assertThat(committed(at)).as("each record once").containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, RECORDS).boxed().toList());
            assertThat(load.startedAnew()).as("producers that could not go on").isZero();
            try (Admin admin = KafkaClients.admin(at)) {
                assertThat(admin.listConsumerGroupOffsets("load").partitionsToOffsetAndMetadata().get(30, TimeUnit.SECONDS))
                    .containsExactly(Map.entry(new TopicPartition("from", 0), new OffsetAndMetadata(RECORDS)));
            }
        } finally {
            server.close();
        }
    }

    private static List<Integer> committed(Endpoints at) {
        List<TopicPartition> partitions = List.of(new TopicPartition("to", 0), new TopicPartition("to", 1));
        List<Integer> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, at.bootstrap(), ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
            new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < Objects.requireNonNull(ends.get(each)))) {
                assertThat(System.nanoTime()).as("time to read what is committed").isLessThan(deadline);
                consumer.poll(Duration.ofMillis(200)).forEach(record ->
                    numbers.add(Integer.valueOf(new String(record.value(), StandardCharsets.UTF_8))));
            }
        }
        return numbers;
    }
}
