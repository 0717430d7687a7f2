package io.tributary.bench.load;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's own client against one server: produce, consume what was produced, then both at a fixed rate. A topic is written and read
 * before, by the same producer, to warm the client and the server.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code batch} (bytes), {@code partitions}, {@code records},
 * {@code warm-up} (records), {@code size} (bytes of a value), {@code rate} (records a second) and {@code seconds} of the last phase.
 */
public final class KafkaLoad {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int PAYLOADS = 64;
    private static final double WARM_UP_SECONDS = 1.0;

    private final String bootstrap;
    private final long pid;
    private final int batch;
    private final int partitions;
    private final int size;
    private final byte[][] payloads;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Figures figures = new Figures();

    private KafkaLoad(Arguments arguments) {
        bootstrap = "127.0.0.1:" + arguments.number("port");
        pid = arguments.number("pid");
        batch = arguments.number("batch");
        partitions = arguments.number("partitions");
        size = arguments.number("size");
        payloads = payloads(size);
    }

    /** Prints the figures; ends with an exception when anything was lost or failed. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaLoad(arguments).run(arguments.number("warm-up"), arguments.number("records"), arguments.number("rate"),
            arguments.number("seconds"));
    }

    private void run(int warmUp, int records, int rate, int seconds) throws Exception {
        String suffix = Long.toHexString(System.nanoTime());
        List<String> topics = List.of("warm-up-" + suffix, "bench-" + suffix, "latency-" + suffix);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(topics.stream().map(t -> new NewTopic(t, partitions, (short) 1)).toList()).all().get();
            awaitLeaders(admin, topics);
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                produce(producer, topics.get(0), warmUp);
                consume(topics.get(0), warmUp);
                ServerUsage.atRest(pid);
                measureProduce(producer, topics.get(1), records);
                measureConsume(topics.get(1), records);
                measureLatency(producer, topics.get(2), rate, seconds);
            }
            admin.deleteTopics(topics).all().get();
        }
        figures.print();
    }

    /** A broker of Kafka may refuse the first batches of a new topic, and a producer with several in flight then takes long to recover. */
    private void awaitLeaders(Admin admin, List<String> topics) throws Exception {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        topics.forEach(topic -> partitionsOf(topic).forEach(partition -> all.put(partition, OffsetSpec.latest())));
        admin.listOffsets(all).all().get();
    }

    private void measureProduce(KafkaProducer<byte[], byte[]> producer, String topic, int records) throws Exception {
        ServerUsage before = ServerUsage.of(pid);
        double clientBefore = ClientCpu.seconds();
        long start = System.nanoTime();
        produce(producer, topic, records);
        long nanos = System.nanoTime() - start;
        double client = ClientCpu.seconds() - clientBefore;
        figures.putPhase("produce", records, size, nanos, ServerUsage.atRest(pid).since(before), client);
    }

    private void measureConsume(String topic, int records) {
        ServerUsage before = ServerUsage.of(pid);
        double clientBefore = ClientCpu.seconds();
        long nanos = consume(topic, records);
        double client = ClientCpu.seconds() - clientBefore;
        figures.putPhase("consume", records, size, nanos, ServerUsage.atRest(pid).since(before), client);
    }

    private void produce(KafkaProducer<byte[], byte[]> producer, String topic, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            send(producer, topic, payloads[i % PAYLOADS]);
        }
        producer.flush();
        rethrowFailure();
    }

    /** The callback sees what the future would hold. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
        producer.send(new ProducerRecord<>(topic, value), (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private void rethrowFailure() throws Exception {
        Exception first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Reads everything, and checks that every partition's offsets are dense; returns the nanoseconds from the first poll. */
    private long consume(String topic, int records) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            long[] next = new long[partitions];
            int seen = 0;
            long start = System.nanoTime();
            long lastProgress = start;
            while (seen < records) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() != next[record.partition()]++ || record.value().length != size) {
                        throw new IllegalStateException("expected offset " + (next[record.partition()] - 1) + ", got " + record);
                    }
                    seen++;
                    lastProgress = System.nanoTime();
                }
                if (System.nanoTime() - lastProgress > STALL_NANOS) {
                    throw new IllegalStateException("only " + seen + " of " + records + " records came back");
                }
            }
            return System.nanoTime() - start;
        }
    }

    /** Sends by the clock, whether or not the server keeps up, and counts each record's time from when it was due. */
    private void measureLatency(KafkaProducer<byte[], byte[]> producer, String topic, int rate, int seconds) throws Exception {
        int records = rate * seconds;
        int skipped = (int) (rate * WARM_UP_SECONDS);
        long[] samples = new long[records];
        ServerUsage before = ServerUsage.of(pid);
        AtomicReference<@Nullable Throwable> readerFailure = new AtomicReference<>();
        Thread reader;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            reader = new Thread(() -> collect(consumer, samples), "latency-reader");
            reader.setUncaughtExceptionHandler((thread, e) -> readerFailure.set(e));
            reader.start();
            long interval = TimeUnit.SECONDS.toNanos(1) / rate;
            long start = System.nanoTime();
            for (int i = 0; i < records; i++) {
                long due = start + i * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                byte[] value = payloads[i % PAYLOADS].clone();
                ByteBuffer.wrap(value).putLong(due).putInt(i);
                send(producer, topic, value);
            }
            producer.flush();
            reader.join();
        }
        rethrowFailure();
        Throwable lost = readerFailure.get();
        if (lost != null) {
            throw new IllegalStateException("the latency phase failed", lost);
        }
        figures.put("latency.server-cpu-s/million", ServerUsage.atRest(pid).since(before).cpuSeconds() / (records / 1e6));
        long[] measured = new long[records - skipped];
        System.arraycopy(samples, skipped, measured, 0, measured.length);
        figures.putLatency(measured);
    }

    private static void collect(KafkaConsumer<byte[], byte[]> consumer, long[] samples) {
        int seen = 0;
        long lastProgress = System.nanoTime();
        while (seen < samples.length) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                long now = System.nanoTime();
                ByteBuffer value = ByteBuffer.wrap(record.value());
                long due = value.getLong();
                samples[value.getInt()] = now - due;
                seen++;
                lastProgress = now;
            }
            if (System.nanoTime() - lastProgress > STALL_NANOS) {
                throw new IllegalStateException("only " + seen + " of " + samples.length + " records came back");
            }
        }
    }

    /** Acknowledged by all replicas and idempotent, as the client's defaults are. */
    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, ProducerConfig.BATCH_SIZE_CONFIG, batch),
            new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
            new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> assignment = partitionsOf(topic);
        consumer.assign(assignment);
        consumer.seekToBeginning(assignment);
        assignment.forEach(consumer::position);
        return consumer;
    }

    private List<TopicPartition> partitionsOf(String topic) {
        return IntStream.range(0, partitions).mapToObj(number -> new TopicPartition(topic, number)).toList();
    }

    private static byte[][] payloads(int size) {
        Random random = new Random(size);
        byte[][] payloads = new byte[PAYLOADS][size];
        for (byte[] payload : payloads) {
            random.nextBytes(payload);
        }
        return payloads;
    }
}
