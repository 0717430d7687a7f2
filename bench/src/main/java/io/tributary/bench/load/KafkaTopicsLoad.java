package io.tributary.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka's own client against many topics: make them, write to all their partitions in turn, read all of them with one consumer, and delete
 * them. Each partition gets a record before the measured ones.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code topics}, {@code partitions} of each, {@code records}, {@code size}
 * (bytes of a value).
 */
public final class KafkaTopicsLoad {
    private static final double NANOS_PER_SECOND = 1e9;
    /** A partition's next record comes late; with the client's own batches its memory would be for a fifth of the partitions. */
    private static final Map<String, Object> SETTINGS =
        Map.of(ProducerConfig.BATCH_SIZE_CONFIG, 2048, ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) KafkaServer.PATIENCE.toMillis());

    private final KafkaServer server;
    private final List<String> topics;
    private final int partitions;
    private final int size;
    private final Payloads payloads;
    private final Figures figures = new Figures();

    private KafkaTopicsLoad(Arguments arguments) {
        server = new KafkaServer(arguments);
        String name = KafkaServer.unique("many");
        topics = IntStream.range(0, arguments.number("topics")).mapToObj(number -> name + "-" + number).toList();
        partitions = arguments.number("partitions");
        size = arguments.number("size");
        payloads = new Payloads(size);
    }

    /** Prints the figures; ends with an exception when anything was lost or failed. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaTopicsLoad(arguments).run(arguments.number("records"));
    }

    private void run(int records) throws Exception {
        try (Admin admin = server.admin()) {
            Phase creation = Phase.begin(server.pid());
            KafkaServer.createTopics(admin, topics, partitions);
            putSteps("create", creation.end());
            int first = topics.size() * partitions;
            try (KafkaProducer<byte[], byte[]> connected = server.producer(SETTINGS)) {
                CheckedProducer producer = new CheckedProducer(connected);
                produce(producer, 0, first);
                ServerUsage.atRest(server.pid());
                Phase phase = Phase.begin(server.pid());
                produce(producer, first, records);
                figures.putPhase("produce", records, size, phase.end());
            }
            measureConsume(first + records);
            Phase deletion = Phase.begin(server.pid());
            KafkaServer.deleteTopics(admin, topics);
            putSteps("delete", deletion.end());
        }
        figures.print();
    }

    private void putSteps(String step, Phase phase) {
        figures.put(step + ".s", phase.nanos() / NANOS_PER_SECOND);
        figures.put(step + ".server-cpu-s", phase.server().cpuSeconds());
    }

    private void produce(CheckedProducer producer, int from, int records) throws Exception {
        for (int i = from; i < from + records; i++) {
            String topic = topics.get(i % topics.size());
            int partition = i / topics.size() % partitions;
            producer.send(new ProducerRecord<>(topic, partition, null, payloads.shared(i)));
        }
        producer.flush();
    }

    private void measureConsume(int records) {
        List<TopicPartition> all = new ArrayList<>();
        topics.forEach(topic -> all.addAll(KafkaServer.partitions(topic, partitions)));
        try (KafkaConsumer<byte[], byte[]> consumer = server.fromBeginning(all, Map.of())) {
            Phase phase = Phase.begin(server.pid());
            new DenseReader(consumer, size).read(records, record -> { });
            figures.putPhase("catch-up", records, size, phase.end());
        }
    }
}
