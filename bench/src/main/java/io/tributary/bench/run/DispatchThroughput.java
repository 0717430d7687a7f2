package io.tributary.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.bench.load.ServerUsage;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Records of 1 KiB from the publisher through queue subscriptions to their acknowledgement, without a protocol or a network, durable and
 * acknowledged one by one. First one queue of each kind with 1 and 100 consumers, then one topic with many queues. Prints Markdown tables.
 */
public final class DispatchThroughput {
    private static final TopicName TOPIC = TopicName.of("bench");
    private static final int VALUE_BYTES = 1024;
    /** Published and not acknowledged by every queue: of one queue, and of many. */
    private static final int UNDER_WAY = 10_000;
    private static final int UNDER_WAY_TO_MANY = 1_000;
    private static final int[] CONSUMERS = {1, 100};
    private static final int[] QUEUES = {1, 10, 100, 1_000};
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLION = 1e6;

    private final Path directory;
    private final long nanos;
    private final PrintStream out;
    private final PublishRequest request;

    private DispatchThroughput(Path directory, long nanos, PrintStream out) {
        this.directory = directory;
        this.nanos = nanos;
        this.out = out;
        byte[] value = new byte[VALUE_BYTES];
        new Random(1).nextBytes(value);
        request = PublishRequest.of(TOPIC, "a/b".getBytes(UTF_8), value, Headers.EMPTY);
    }

    /** Arguments: the number of rounds, 3 when absent, and the seconds of each measurement, 5 when absent. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Path target = Files.createDirectories(Path.of("target"));
        new DispatchThroughput(target, TimeUnit.SECONDS.toNanos(seconds), System.out).run(rounds);
    }

    /** What was measured of one setting, a value for each round. */
    private static final class Row {
        final List<Double> records = new ArrayList<>();
        final List<Double> deliveries = new ArrayList<>();
        final List<Double> cpu = new ArrayList<>();
        final List<Double> written = new ArrayList<>();
    }

    private void run(int rounds) throws IOException, InterruptedException {
        out.println("| queue | consumers | published and acknowledged, records/s | CPU s per million | bytes written per byte |");
        out.println("|---|---|---|---|---|");
        Filter pattern = new Filter.MatchingSubject(SubjectPattern.parse("a/+", '/', "+", "#"));
        for (Filter filter : List.of(new Filter.All(), pattern)) {
            for (int consumers : CONSUMERS) {
                Row row = measure(rounds, filter, 1, consumers);
                out.printf(Locale.ROOT, "| %s | %d | %s | %s | %s |%n", filter == pattern ? "indexed" : "cursor", consumers,
                    Spread.of(row.records), Spread.of(row.cpu), Spread.of(row.written));
            }
        }
        out.println();
        out.println("| queues of one topic | published, records/s | deliveries acknowledged/s | CPU s per million deliveries | "
            + "bytes written per byte |");
        out.println("|---|---|---|---|---|");
        for (int queues : QUEUES) {
            Row row = measure(rounds, new Filter.All(), queues, 1);
            out.printf(Locale.ROOT, "| %,d | %s | %s | %s | %s |%n", queues, Spread.of(row.records), Spread.of(row.deliveries),
                Spread.of(row.cpu), Spread.of(row.written));
        }
    }

    private Row measure(int rounds, Filter filter, int queues, int consumers) throws IOException, InterruptedException {
        Row row = new Row();
        for (int round = 0; round < rounds; round++) {
            Path data = Files.createTempDirectory(directory, "dispatch");
            try (EmbeddedBroker broker = EmbeddedBroker.open(BrokerConfig.of(data))) {
                broker.topics().create(TOPIC, TopicConfig.ofPartitions(1)).toCompletableFuture().join();
                ConsumedQueues consumed = new ConsumedQueues(broker, queues, queues == 1 ? UNDER_WAY : UNDER_WAY_TO_MANY);
                consumed.consume(TOPIC, filter, consumers);
                consumed.publish(request, nanos / 2);
                measure(consumed, queues, row);
            } finally {
                ManyPartitions.delete(data);
            }
        }
        return row;
    }

    private void measure(ConsumedQueues consumed, int queues, Row row) throws InterruptedException {
        long pid = ProcessHandle.current().pid();
        ServerUsage before = ServerUsage.of(pid);
        long start = System.nanoTime();
        long count = consumed.publish(request, nanos);
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        ServerUsage used = ServerUsage.atRest(pid).since(before);
        row.records.add(count / seconds);
        row.deliveries.add(count * queues / seconds);
        row.cpu.add(used.cpuSeconds() * MILLION / (count * queues));
        row.written.add((double) used.writtenBytes() / (count * VALUE_BYTES));
    }
}
