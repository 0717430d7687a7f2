package io.tributary.bench.load;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Kafka's own client against one server: produce, consume what was produced from the beginning, consume at the tail while it is produced,
 * and both at a fixed rate. A topic is written and read before, by the same producer, to warm the client and the server.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code phases} (of {@code produce}, {@code consume}, {@code tail} and
 * {@code latency}), {@code acks}, {@code batch} (bytes), {@code partitions}, {@code records}, {@code warm-up} (records), {@code size}
 * (bytes of a value), {@code rate} (records a second) and {@code seconds} of the last phase.
 */
public final class KafkaLoad {
    private static final double WARM_UP_SECONDS = 1.0;

    private final KafkaServer server;
    private final Set<String> phases;
    private final String acks;
    private final int batch;
    private final int partitions;
    private final int size;
    private final Payloads payloads;
    private final Figures figures = new Figures();

    private KafkaLoad(Arguments arguments) {
        server = new KafkaServer(arguments);
        phases = Set.of(arguments.text("phases").split("\\+"));
        acks = arguments.text("acks");
        batch = arguments.number("batch");
        partitions = arguments.number("partitions");
        size = arguments.number("size");
        payloads = new Payloads(size);
    }

    /** Prints the figures; ends with an exception when anything was lost or failed. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaLoad(arguments).run(arguments.number("warm-up"), arguments.number("records"), arguments.number("rate"),
            arguments.number("seconds"));
    }

    private void run(int warmUp, int records, int rate, int seconds) throws Exception {
        String warm = KafkaServer.unique("warm-up");
        String produced = KafkaServer.unique("bench");
        String tail = KafkaServer.unique("tail");
        String latency = KafkaServer.unique("latency");
        List<String> topics = List.of(warm, produced, tail, latency);
        try (Admin admin = server.admin()) {
            KafkaServer.createTopics(admin, topics, partitions);
            try (KafkaProducer<byte[], byte[]> connected =
                    server.producer(Map.of(ProducerConfig.ACKS_CONFIG, acks, ProducerConfig.BATCH_SIZE_CONFIG, batch))) {
                CheckedProducer producer = new CheckedProducer(connected);
                produce(producer, warm, warmUp);
                consume(warm, warmUp);
                ServerUsage.atRest(server.pid());
                if (phases.contains("produce")) {
                    measureProduce(producer, produced, records);
                }
                if (phases.contains("consume")) {
                    measureConsume(produced, records);
                }
                if (phases.contains("tail")) {
                    measureTail(producer, tail, records);
                }
                if (phases.contains("latency")) {
                    measureLatency(producer, latency, rate, seconds);
                }
            }
            KafkaServer.deleteTopics(admin, topics);
        }
        figures.print();
    }

    private void measureProduce(CheckedProducer producer, String topic, int records) throws Exception {
        Phase phase = Phase.begin(server.pid());
        produce(producer, topic, records);
        figures.putPhase("produce", records, size, phase.end());
    }

    private void produce(CheckedProducer producer, String topic, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            producer.send(new ProducerRecord<>(topic, payloads.shared(i)));
        }
        producer.flush();
    }

    private void measureConsume(String topic, int records) {
        figures.putPhase("catch-up", records, size, consume(topic, records));
    }

    private Phase consume(String topic, int records) {
        try (KafkaConsumer<byte[], byte[]> consumer = fromBeginning(topic)) {
            Phase phase = Phase.begin(server.pid());
            new DenseReader(consumer, size).read(records, record -> { });
            return phase.end();
        }
    }

    private KafkaConsumer<byte[], byte[]> fromBeginning(String topic) {
        return server.fromBeginning(KafkaServer.partitions(topic, partitions), Map.of());
    }

    /** From the first record sent until the consumer, which waits for it, has the last. */
    private void measureTail(CheckedProducer producer, String topic, int records) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = fromBeginning(topic)) {
            DenseReader reader = new DenseReader(consumer, size);
            Phase phase = Phase.begin(server.pid());
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> reader.read(records, record -> { }));
            produce(producer, topic, records);
            reading.get();
            figures.putPhase("tail", records, size, phase.end());
        }
    }

    /** Sends by the clock, whether or not the server keeps up, and counts each record's time from when it was due. */
    private void measureLatency(CheckedProducer producer, String topic, int rate, int seconds) throws Exception {
        int records = rate * seconds;
        int skipped = (int) (rate * WARM_UP_SECONDS);
        long[] samples = new long[records];
        try (KafkaConsumer<byte[], byte[]> consumer = fromBeginning(topic)) {
            DenseReader reader = new DenseReader(consumer, size);
            Phase phase = Phase.begin(server.pid());
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> reader.read(records, record -> {
                ByteBuffer value = ByteBuffer.wrap(record.value());
                long due = value.getLong();
                samples[value.getInt()] = System.nanoTime() - due;
            }));
            long interval = TimeUnit.SECONDS.toNanos(1) / rate;
            long start = System.nanoTime();
            for (int i = 0; i < records; i++) {
                long due = start + i * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                byte[] value = payloads.copy(i);
                ByteBuffer.wrap(value).putLong(due).putInt(i);
                producer.send(new ProducerRecord<>(topic, value));
            }
            producer.flush();
            reading.get();
            figures.put("latency.server-cpu-s/million", phase.end().server().cpuSeconds() / (records / 1e6));
        }
        long[] measured = new long[records - skipped];
        System.arraycopy(samples, skipped, measured, 0, measured.length);
        figures.putLatency("latency", measured);
    }
}
