package io.tributary.bench.run;

import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Topic;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What a large number of partitions costs in one process: time, open files and memory. Prints a Markdown table. */
public final class ManyPartitions {
    private static final int PARTITIONS_A_TOPIC = 1_000;
    /** Appended one after the other without waiting. */
    private static final int UNDER_WAY = 10_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;

    private final Path directory;
    private final int topics;
    private final PrintStream out;

    private ManyPartitions(Path directory, int topics, PrintStream out) {
        this.directory = directory;
        this.topics = topics;
        this.out = out;
    }

    /** Argument: how many partitions, in thousands rounded up; 100,000 when absent. */
    public static void main(String[] args) throws IOException {
        int partitions = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        Path target = Files.createDirectories(Path.of("target"));
        Path data = Files.createTempDirectory(target, "partitions");
        try {
            new ManyPartitions(data, (partitions + PARTITIONS_A_TOPIC - 1) / PARTITIONS_A_TOPIC, System.out).run();
        } finally {
            delete(data);
        }
    }

    /** A step to be measured. */
    private interface Step {
        void run() throws IOException;
    }

    private void run() throws IOException {
        out.printf(Locale.ROOT, "%,d partitions, fsync, a heap of at most %,.0f MB%n%n", topics * PARTITIONS_A_TOPIC,
            Runtime.getRuntime().maxMemory() / BYTES_PER_MB);
        out.println("| step | s | open files | heap in use, MB |");
        out.println("|---|---|---|---|");
        EmbeddedBroker[] broker = {open()};
        measure("make them", () -> create(broker[0]));
        measure("append a record to each, durable", () -> append(broker[0], 1));
        measure("append ten records to each, durable", () -> append(broker[0], 10));
        measure("read the last record of each", () -> read(broker[0]));
        measure("stop in good order", () -> broker[0].close());
        measure("start again", () -> broker[0] = open());
        measure("append a record to each, durable", () -> append(broker[0], 1));
        measure("end as by kill -9", () -> broker[0].halt());
        measure("start again, with recovery", () -> broker[0] = open());
        measure("read the last record of each", () -> read(broker[0]));
        measure("append a record to each, durable", () -> append(broker[0], 1));
        broker[0].close();
    }

    private EmbeddedBroker open() {
        return EmbeddedBroker.open(BrokerConfig.of(directory));
    }

    private void create(EmbeddedBroker broker) {
        List<CompletableFuture<Topic>> made = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            made.add(broker.topics().create(TopicName.of("t" + i), TopicConfig.ofPartitions(PARTITIONS_A_TOPIC)).toCompletableFuture());
        }
        made.forEach(CompletableFuture::join);
    }

    private static void append(EmbeddedBroker broker, int times) {
        List<CompletableFuture<PublishResult>> underWay = new ArrayList<>();
        byte[] value = new byte[100];
        for (int time = 0; time < times; time++) {
            for (Topic topic : broker.topics().list(Namespace.DEFAULT)) {
                if (topic.partitions().size() < PARTITIONS_A_TOPIC) {
                    continue;
                }
                for (Partition partition : topic.partitions()) {
                    underWay.add(broker.publisher().publish(PublishRequest.of(topic.name(), null, value, Headers.EMPTY)
                        .withPartition(partition.id().partition())).toCompletableFuture());
                    if (underWay.size() == UNDER_WAY) {
                        underWay.forEach(CompletableFuture::join);
                        underWay.clear();
                    }
                }
            }
        }
        underWay.forEach(CompletableFuture::join);
    }

    private static void read(EmbeddedBroker broker) {
        for (Topic topic : broker.topics().list(Namespace.DEFAULT)) {
            for (Partition partition : topic.partitions()) {
                long last = partition.highWatermark() - 1;
                if (last >= partition.logStartOffset()
                    && partition.readRecords(last, 1, 1).toCompletableFuture().join().isEmpty()) {
                    throw new BenchFailure("the last record of " + partition.id() + " is missing");
                }
            }
        }
    }

    private void measure(String name, Step step) throws IOException {
        long start = System.nanoTime();
        step.run();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        out.printf(Locale.ROOT, "| %s | %.1f | %,d | %,.0f |%n", name, seconds, openFiles(), heap / BYTES_PER_MB);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
