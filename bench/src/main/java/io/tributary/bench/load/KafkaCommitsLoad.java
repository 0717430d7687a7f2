package io.tributary.bench.load;

import java.util.ArrayList;
import java.util.HashMap;
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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Consumers that do nothing but commit, one commit at a time each, each in a group of its own: first of one partition, then of many. What
 * the server says it has must be what was committed last.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code consumers}, {@code partitions} of a large commit, {@code seconds} of
 * each measurement; one second of warm-up goes before.
 */
public final class KafkaCommitsLoad {
    private static final int WARM_UP_SECONDS = 1;
    private static final double MILLION = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final KafkaServer server;
    private final int consumers;
    private final List<TopicPartition> partitions;
    private final String topic = KafkaServer.unique("commits");
    private final Figures figures = new Figures();

    private KafkaCommitsLoad(Arguments arguments) {
        server = new KafkaServer(arguments);
        consumers = arguments.number("consumers");
        partitions = KafkaServer.partitions(topic, arguments.number("partitions"));
    }

    /** Prints the figures; ends with an exception when a commit failed or was not kept. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new KafkaCommitsLoad(arguments).run(arguments.number("seconds"));
    }

    private void run(int seconds) throws Exception {
        List<String> groups = IntStream.range(0, consumers).mapToObj(number -> topic + "-group-" + number).toList();
        ExecutorService threads = Executors.newFixedThreadPool(consumers);
        try (Admin admin = server.admin()) {
            KafkaServer.createTopics(admin, List.of(topic), partitions.size());
            List<KafkaConsumer<byte[], byte[]>> connected =
                groups.stream().map(group -> server.consumer(Map.of(ConsumerConfig.GROUP_ID_CONFIG, group))).toList();
            commitFor(WARM_UP_SECONDS, connected, partitions.subList(0, 1), threads);
            measure("commit-1", seconds, connected, partitions.subList(0, 1), threads);
            measure("commit-" + partitions.size(), seconds, connected, partitions, threads);
            connected.forEach(KafkaConsumer::close);
            admin.deleteConsumerGroups(groups).all().get();
            KafkaServer.deleteTopics(admin, List.of(topic));
        } finally {
            threads.shutdownNow();
        }
        figures.print();
    }

    private void measure(String name, int seconds, List<KafkaConsumer<byte[], byte[]>> connected, List<TopicPartition> committed,
                         ExecutorService threads) throws Exception {
        ServerUsage.atRest(server.pid());
        Phase phase = Phase.begin(server.pid());
        long[] samples = commitFor(seconds, connected, committed, threads);
        phase.end();
        figures.put(name + ".commits/s", samples.length / (phase.nanos() / NANOS_PER_SECOND));
        figures.put(name + ".server-cpu-s/million", phase.server().cpuSeconds() / (samples.length / MILLION));
        figures.putLatency(name, samples);
    }

    /** The nanoseconds of every commit. */
    private static long[] commitFor(int seconds, List<KafkaConsumer<byte[], byte[]>> connected, List<TopicPartition> committed,
                                    ExecutorService threads) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<CompletableFuture<List<Long>>> running = new ArrayList<>();
        for (KafkaConsumer<byte[], byte[]> consumer : connected) {
            running.add(CompletableFuture.supplyAsync(() -> commitUntil(end, consumer, committed), threads));
        }
        List<Long> all = new ArrayList<>();
        for (CompletableFuture<List<Long>> one : running) {
            all.addAll(one.get());
        }
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    private static List<Long> commitUntil(long end, KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> committed) {
        List<Long> samples = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (long now = System.nanoTime(); now < end;) {
            OffsetAndMetadata next = new OffsetAndMetadata(samples.size() + 1L);
            committed.forEach(partition -> offsets.put(partition, next));
            consumer.commitSync(offsets);
            long done = System.nanoTime();
            samples.add(done - now);
            now = done;
        }
        if (!consumer.committed(Set.copyOf(committed)).equals(offsets)) {
            throw new IllegalStateException("the server has not kept what was committed last");
        }
        return samples;
    }
}
