package io.tributary.bench.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Transactional producers, one transaction at a time each, over all partitions; every tenth transaction is aborted. A consumer that reads
 * what is committed must see all of that and nothing else.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code producers}, {@code partitions}, {@code records} of a transaction,
 * {@code size} (bytes of a value), {@code seconds} of the measurement; one second of warm-up goes before.
 */
public final class KafkaTransactionsLoad {
    private static final int WARM_UP_SECONDS = 1;
    private static final int ABORT_EVERY = 10;
    private static final byte COMMITTED = 1;
    private static final byte ABORTED = 2;
    private static final double MILLION = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final KafkaServer server;
    private final int producers;
    private final List<TopicPartition> partitions;
    private final int records;
    private final String topic = KafkaServer.unique("transactions");
    private final Payloads payloads;
    private final Figures figures = new Figures();

    private KafkaTransactionsLoad(Arguments arguments) {
        server = new KafkaServer(arguments);
        producers = arguments.number("producers");
        partitions = KafkaServer.partitions(topic, arguments.number("partitions"));
        records = arguments.number("records");
        payloads = new Payloads(arguments.number("size"));
    }

    /** Prints the figures; ends with an exception when a transaction failed or was not kept. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaTransactionsLoad(arguments).run(arguments.number("seconds"));
    }

    private void run(int seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(producers);
        try (Admin admin = server.admin()) {
            KafkaServer.createTopics(admin, List.of(topic), partitions.size());
            List<KafkaProducer<byte[], byte[]>> connected = IntStream.range(0, producers)
                .mapToObj(number -> server.producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic + "-" + number))).toList();
            connected.forEach(KafkaProducer::initTransactions);
            long[] before = transactFor(WARM_UP_SECONDS, connected, threads);
            ServerUsage.atRest(server.pid());
            Phase phase = Phase.begin(server.pid());
            long[] samples = transactFor(seconds, connected, threads);
            phase.end();
            figures.put("transactions/s", samples.length / (phase.nanos() / NANOS_PER_SECOND));
            figures.put("server-cpu-s/million", phase.server().cpuSeconds() / (samples.length / MILLION));
            figures.putLatency("transaction", samples);
            connected.forEach(KafkaProducer::close);
            checkCommitted(committed(before.length) + committed(samples.length));
            KafkaServer.deleteTopics(admin, List.of(topic));
        } finally {
            threads.shutdownNow();
        }
        figures.print();
    }

    /** How many of these are not aborted: each producer runs whole tens. */
    private static int committed(int transactions) {
        return transactions / ABORT_EVERY * (ABORT_EVERY - 1);
    }

    /** The nanoseconds of every transaction. */
    private long[] transactFor(int seconds, List<KafkaProducer<byte[], byte[]>> connected, ExecutorService threads) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<CompletableFuture<List<Long>>> running = new ArrayList<>();
        for (KafkaProducer<byte[], byte[]> producer : connected) {
            running.add(CompletableFuture.supplyAsync(() -> transactUntil(end, producer), threads));
        }
        List<Long> all = new ArrayList<>();
        for (CompletableFuture<List<Long>> one : running) {
            all.addAll(one.get());
        }
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    private List<Long> transactUntil(long end, KafkaProducer<byte[], byte[]> producer) {
        List<Long> samples = new ArrayList<>();
        for (long now = System.nanoTime(); now < end || samples.size() % ABORT_EVERY != 0;) {
            boolean aborts = samples.size() % ABORT_EVERY == 0;
            CheckedProducer checked = new CheckedProducer(producer);
            producer.beginTransaction();
            for (int i = 0; i < records; i++) {
                byte[] value = payloads.copy(i);
                value[0] = aborts ? ABORTED : COMMITTED;
                checked.send(new ProducerRecord<>(topic, (samples.size() + i) % partitions.size(), null, value));
            }
            if (aborts) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
            }
            long done = System.nanoTime();
            samples.add(done - now);
            now = done;
        }
        return samples;
    }

    private void checkCommitted(int transactions) {
        long seen = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                server.fromBeginning(partitions, Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"))) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Set<TopicPartition> open = new HashSet<>(partitions);
            while (!open.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(KafkaServer.POLL)) {
                    if (record.value()[0] != COMMITTED) {
                        throw new IllegalStateException("a record of an aborted transaction was seen: " + record);
                    }
                    seen++;
                }
                open.removeIf(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
            }
        }
        if (seen != (long) transactions * records) {
            throw new IllegalStateException(seen + " records were seen of " + transactions + " transactions of " + records);
        }
    }
}
